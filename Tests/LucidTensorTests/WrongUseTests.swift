import LucidTensor
import LucidTesting
import Testing

/// Wrong uses stop the program with a message that names what did not fit, in optimised builds too.
@Suite struct WrongUseTests {
  @Test func shapesThatDoNotBroadcast() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]) + Tensor.zeros([4])
    }
    expectMessage(result, naming: "add", "[2, 3]", "[4]", "broadcast")
  }

  @Test func matricesThatDoNotFit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).matmul(.zeros([4, 5]))
    }
    expectMessage(result, naming: "matmul", "[2, 3]", "[4, 5]")
  }

  @Test func batchesThatDoNotBroadcast() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3, 4]).matmul(.zeros([3, 4, 5]))
    }
    expectMessage(result, naming: "matmul", "[2, 3, 4]", "[3, 4, 5]")
  }

  @Test func channelsThatDoNotFitAConvolution() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3, 8, 8]).conv2d(.zeros([4, 5, 3, 3]))
    }
    expectMessage(result, naming: "conv2d", "[4, 5, 3, 3]", "[1, 3, 8, 8]")
  }

  @Test func aWindowLargerThanThePicture() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3, 2, 2]).conv2d(.zeros([4, 3, 5, 5]))
    }
    expectMessage(result, naming: "conv2d", "window of 5", "[1, 3, 2, 2]")
  }

  @Test func aConvolutionOfIntegers() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3, 8, 8], dtype: .uint8).conv2d(.zeros([4, 3, 3, 3]))
    }
    expectMessage(result, naming: "conv2d", "float32", "uint8", "to(.float32)")
  }

  @Test func aConvolutionOfAnEmptyPicture() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3, 0, 8]).conv2d(.zeros([4, 3, 3, 3]), padding: .all(2))
    }
    expectMessage(result, naming: "conv2d", "[1, 3, 0, 8]")
  }

  @Test func aStrideOfZero() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3, 8, 8]).conv2d(.zeros([4, 3, 3, 3]), stride: (0, 1), padding: .same)
    }
    expectMessage(result, naming: "conv2d", "stride (0, 1)")
  }

  @Test func negativePadding() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3, 8, 8]).conv2d(.zeros([4, 3, 3, 3]), padding: .all(-1))
    }
    expectMessage(result, naming: "conv2d", "padding", "-1")
  }

  @Test func aReshapeToAnotherCount() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).reshape(4, 2)
    }
    expectMessage(result, naming: "reshape", "[2, 3] has 6", "[4, 2] has 8")
  }

  @Test func aReshapeThatDoesNotDivide() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).reshape(-1, 4)
    }
    expectMessage(result, naming: "reshape", "[2, 3]", "[-1, 4]")
  }

  @Test func anIndexOutOfRange() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3])[0, 3]
    }
    expectMessage(result, naming: "index 3", "dimension 1", "[2, 3]")
  }

  @Test func aRangeOutOfRange() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3])[1..<4]
    }
    expectMessage(result, naming: "1..<4", "dimension 0", "[2, 3]")
  }

  @Test func aDimensionThatIsNotThere() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).sum(dim: 2)
    }
    expectMessage(result, naming: "dimension 2", "[2, 3]")
  }

  @Test func poolingWithTooMuchPadding() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3, 8, 8]).maxPool2d(kernel: (2, 2), padding: (2, 0))
    }
    expectMessage(result, naming: "pooling", "[2, 0]", "[2, 2]")
  }

  @Test func theGreatestOfNothing() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 0]).max(dim: 1)
    }
    expectMessage(result, naming: "maximum", "no elements", "[2, 0]")
  }

  @Test func moreThanThereIs() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).topk(4)
    }
    expectMessage(result, naming: "topk", "4", "[2, 3]")
  }

  @Test func tensorsThatCannotBeJoined() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.concat([.zeros([2, 3]), .zeros([3, 2])])
    }
    expectMessage(result, naming: "concat", "[2, 3]", "[3, 2]")
  }

  @Test func numbersThatDoNotFillAShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1, 2, 3] as [Float], [2, 2])
    }
    expectMessage(result, naming: "3 numbers", "[2, 2]")
  }

  @Test func aLinearLayerOfAnotherWidth() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]).linear(.zeros([5, 4]))
    }
    expectMessage(result, naming: "linear", "[2, 3]", "[5, 4]")
  }

  @Test func aNormOfOtherChannels() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3, 4, 4]).batchNorm(mean: .zeros([4]), variance: .zeros([4]))
    }
    expectMessage(result, naming: "batchNorm", "[4]", "[2, 3, 4, 4]")
  }

  @Test func trainingOnOneValue() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([1, 3, 1, 1]).batchNormTraining()
    }
    expectMessage(result, naming: "batchNorm", "more than one value", "[1, 3, 1, 1]")
  }

  @Test func moreCroppedThanThereIs() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([3]).pad([0, -5])
    }
    expectMessage(result, naming: "pad", "5", "[3]")
  }

  @Test func anIntegerToANegativePower() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([2]).pow(Tensor([-1]))
    }
    expectMessage(result, naming: "pow", "-1", "to(.float32)")
  }

  @Test func oneNumberOfMany() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2]).item(as: Float.self)
    }
    expectMessage(result, naming: "item()", "[2]")
  }

  @Test func tooManyDimensionsForOneDNN() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros(Shape([Int](repeating: 1, count: 13))).softmax(dim: 0)
    }
    expectMessage(result, naming: "12 dimensions")
  }
}
