import LucidTensor
import Testing

/// Shapes, views, subscripts and cuts.
@Suite struct ViewTests {
  private let x = Tensor.arange(to: 24).reshape(2, 3, 4)

  @Test func subscripts() {
    #expect(x[0].shape == [3, 4] && x[-1][0, 0].item(as: Int.self) == 12)
    #expect(x[1, 2, 3].shape == [] && x[1, 2, 3].item(as: Int.self) == 23)
    #expect(x[.all, 1].scalars(as: Int.self) == [4, 5, 6, 7, 16, 17, 18, 19])
    #expect(x[.all, 0..<2, 3].scalars(as: Int.self) == [3, 7, 15, 19])
    #expect(x[1, ..<1, 1...].scalars(as: Int.self) == [13, 14, 15])
    #expect(x[0, 1...2, ...0].scalars(as: Int.self) == [4, 8])
    #expect(x[.all, 1..<1].shape == [2, 0, 4])
  }

  @Test func slicesCountFromTheEndAndStopAtIt() {
    #expect(x.slice(dim: -1, from: -2).scalars(as: Int.self).prefix(4) == [2, 3, 6, 7])
    #expect(x.slice(dim: 1, from: 1, to: 100).shape == [2, 2, 4])
    #expect(x.slice(dim: 1, from: 2, to: 1).shape == [2, 0, 4])
    #expect(x.slice(dim: 2, step: 3)[0, 0].scalars(as: Int.self) == [0, 3])
  }

  @Test func viewsOfViews() {
    let view = x.transpose(0, 2)[1..<4, .all, 1].T.flip(dim: 0)
    #expect(view.shape == [3, 3])
    #expect(view.scalars(as: Int.self) == [21, 22, 23, 17, 18, 19, 13, 14, 15])
    #expect(x.permute(2, 0, 1).permute(1, 2, 0).scalars(as: Int.self) == Array(0..<24))
    #expect((x.reversed + x.reversed).scalars(as: Int.self) == x.reversed.scalars(as: Int.self).map { 2 * $0 })
  }

  @Test func reshapeWorksOutOneSize() {
    #expect(x.reshape(-1).shape == [24] && x.reshape(4, -1, 2).shape == [4, 3, 2])
    #expect(Tensor.zeros([0, 3]).reshape(-1, 3).shape == [0, 3])
    #expect(Tensor(3).reshape([1, 1]).shape == [1, 1] && Tensor([3]).reshape([]).shape == [])
    #expect(x.flatten(startDim: 1).shape == [2, 12] && x.flatten(startDim: -2, endDim: -1).shape == [2, 12])
    #expect(x.flatten(endDim: 1).shape == [6, 4] && Tensor(1).flatten().shape == [1])
  }

  @Test func reshapeIsAViewWhereStridesCanSayIt() {
    let rows = x.slice(dim: 2, from: 1, to: 3)
    #expect(rows.reshape(6, 2).storage === x.storage && rows.unsqueeze(1).storage === x.storage)
    #expect(rows.reshape(6, 2).scalars(as: Int.self) == rows.scalars(as: Int.self))
    #expect(x.reversed.reshape(4, 3, 1, 2).storage === x.storage)
    #expect(x.reversed.reshape(24).storage !== x.storage)
    #expect(x.reversed.reshape(24).scalars(as: Int.self) == x.reversed.scalars(as: Int.self))
  }

  @Test func expandAndBroadcast() {
    let column = Tensor([1, 2] as [Float], [2, 1])
    #expect(column.expand(to: [3, 2, 2]).scalars(as: Int.self) == [1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2])
    #expect(column.broadcast(to: [2, 0]).shape == [2, 0])
    #expect(Tensor(5).expand(to: [2]).scalars(as: Int.self) == [5, 5])
    #expect(Shape([2, 1, 4]).broadcast(with: [3, 1]) == [2, 3, 4])
    #expect(Shape([0]).broadcast(with: [1]) == [0] && Shape([0]).broadcast(with: [2]) == nil)
    #expect(Shape([]).broadcast(with: [2, 3]) == [2, 3])
  }

  @Test func splitAndChunk() {
    let x = Tensor.arange(to: 7)
    #expect(x.split(3).map { $0.scalars(as: Int.self) } == [[0, 1, 2], [3, 4, 5], [6]])
    #expect(x.split([2, 0, 5]).map { $0.shape } == [[2], [0], [5]])
    #expect(x.chunk(3).map(\.elementCount) == [3, 3, 1] && x.chunk(5).map(\.elementCount) == [2, 2, 2, 1])
    #expect(x.reshape(1, 7).split(4, dim: -1).map(\.shape) == [[1, 4], [1, 3]])
    let empty = Tensor.zeros([0, 2])
    #expect(empty.split(2).map(\.shape) == [[0, 2]] && empty.chunk(3).map(\.shape) == [[0, 2], [0, 2], [0, 2]])
    #expect(Tensor.concat(x.split(2)).scalars(as: Int.self) == Array(0..<7))
  }

  @Test func squeezeAndUnsqueeze() {
    let x = Tensor.zeros([1, 3, 1])
    #expect(x.squeeze().shape == [3] && x.squeeze(0).shape == [3, 1] && x.squeeze(1).shape == [1, 3, 1])
    #expect(
      x.squeeze(-1).shape == [1, 3] && x.unsqueeze(-1).shape == [1, 3, 1, 1] && x.unsqueeze(0).shape == [1, 1, 3, 1])
  }

  @Test func padding() {
    let x = Tensor([1, 2, 3] as [Int16], [1, 3])
    #expect(x.pad([1, 1], value: 9).scalars(as: Int.self) == [9, 1, 2, 3, 9])
    #expect(x.pad([-1, -1]).scalars(as: Int.self) == [2] && x.pad([-1, -2]).shape == [1, 0])
    #expect(x.pad([0, 0, 1, 0]).shape == [2, 3] && x.pad([]).shape == [1, 3])
  }

  @Test func rolling() {
    let x = Tensor.arange(to: 4)
    #expect(
      x.roll(1, dim: 0).scalars(as: Int.self) == [3, 0, 1, 2]
        && x.roll(-5, dim: 0).scalars(as: Int.self) == [1, 2, 3, 0])
    #expect(x.roll(8, dim: 0).scalars(as: Int.self) == [0, 1, 2, 3] && Tensor.zeros([0]).roll(1, dim: 0).shape == [0])
  }

  @Test func nothingOfEverythingIsNothing() {
    let x = Tensor.zeros([2, 0, 3])
    #expect((x + x).shape == [2, 0, 3] && (x + Tensor.ones([3])).shape == [2, 0, 3])
    #expect(
      (x .> 0).dtype == .bool && x.permute(1, 0, 2).shape == [0, 2, 3] && x.reversed.contiguous().shape == [3, 0, 2])
    #expect(x.to(.int8).scalars(as: Int8.self).isEmpty && x.relu().gelu().shape == [2, 0, 3])
    #expect(Tensor.concat([x, x], dim: 1).shape == [2, 0, 3] && Tensor.stack([x, x]).shape == [2, 2, 0, 3])
    #expect(
      x.sum().item(as: Float.self) == 0 && x.prod().item(as: Float.self) == 1 && x.mean().item(as: Float.self).isNaN)
    #expect(x.all().item(as: Bool.self) && !x.any().item(as: Bool.self))
    #expect(x.max(dim: 0).shape == [0, 3] && x.argmax(dim: 2).shape == [2, 0] && x.topk(2).values.shape == [2, 0, 2])
    #expect(
      x.softmax(dim: 2).shape == [2, 0, 3] && x.layerNorm([3]).shape == [2, 0, 3] && x.cos().shape == [2, 0, 3])
    #expect(x.matmul(.zeros([3, 4])).shape == [2, 0, 4] && x.linear(.zeros([5, 3])).shape == [2, 0, 5])
    #expect(x.matmul(.zeros([2, 3, 4])).shape == [2, 0, 4] && x.dropout(0.5, training: true).shape == [2, 0, 3])
    let pictures = Tensor.zeros([0, 3, 4, 4])
    #expect(pictures.interpolate(height: 2, width: 2).shape == [0, 3, 2, 2])
    #expect(pictures.adaptiveAvgPool2d(1, 1).shape == [0, 3, 1, 1])
    #expect(pictures.batchNorm(mean: .zeros([3]), variance: .ones([3])).shape == [0, 3, 4, 4])
    #expect(Tensor.where(x .> 0, x, x).shape == [2, 0, 3] && x.indexSelect(dim: 0, []).shape == [0, 0, 3])
    #expect(x.description == "Tensor([2, 0, 3], float32, [])")
  }

  @Test func scalarsAreTensorsOfRankZero() {
    let x = Tensor(-2.5 as Float)
    #expect(x.shape == [] && x.elementCount == 1 && x.abs().item(as: Float.self) == 2.5)
    #expect((x + x).shape == [] && x.max().item(as: Float.self) == -2.5 && x.argmax().item(as: Int.self) == 0)
    #expect(x.unsqueeze(0).shape == [1] && x.squeeze().shape == [] && x.contiguous().shape == [])
  }
}

extension Tensor {
  /// All dimensions in reverse order.
  fileprivate var reversed: Tensor { permute(2, 1, 0) }
}
