import Foundation
import LucidModels
import LucidTensor
import LucidTesting
import LucidVision
import Testing

/// The page that says what came out of a training.
@Suite(.serialized) struct TrainingReportTests {
  private func report(classes: [String] = Stripes.classes) async throws -> TrainingReport {
    let model = StripeNet()
    var settings = TrainingSettings()
    settings.epochs = 2
    let held = Stripes.loader(30, trains: false)
    let trainer = Trainer(
      model, head: model.head, training: Stripes.loader(24), validation: held, settings: settings)
    try await trainer.run()
    return TrainingReport(
      title: "Stripes & more", history: trainer.history,
      validation: try await Validation(of: StripeNet(seed: 8).eval(), on: held, mistakeLimit: 5),
      pictures: held.dataset, classes: classes, facts: [("seed", "<0>")])
  }

  @Test func thePageHasAllAndNeedsNothingElse() async throws {
    let report = try await report()
    let html = report.html
    for text in [
      "<title>Stripes &amp; more</title>", "<h2>Learning curves</h2>", "<h2>Confusion matrix</h2>", "<h2>Classes</h2>",
      "<h2>Worst mistakes</h2>", "<h2>Settings</h2>", "&lt;0&gt;", "epoch 2, validation:", "top taken for middle:",
    ] { #expect(html.contains(text), "\(text)") }
    #expect(html.components(separatedBy: "<svg").count == 4)
    let count = try #require(report.validation).mistakes.count
    #expect(count > 0 && count <= 5)
    #expect(html.components(separatedBy: "data:image/png;base64,").count == count + 1)
    // The one address is the name of SVG's vocabulary, which nobody fetches.
    let rest = html.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
    for reference in ["http:", "https:", "src=\"/", "<link", "<script", "@import", "url("] {
      #expect(!rest.contains(reference), "\(reference)")
    }
  }

  @Test func namesOfClassesStayText() async throws {
    let html = try await report(classes: ["<b>", "\"x\"", "a&b"]).html
    #expect(!html.contains("<b>") && !html.contains("a&b<"))
    #expect(html.contains("&lt;b&gt;") && html.contains("a&amp;b"))
  }

  @Test func theConfusionMatrixCountsEveryPicture() async throws {
    let validation = try #require(try await report().validation)
    #expect(validation.confusion.count == 30 && validation.accuracy.count == 30)
    #expect(validation.confusion.accuracy == validation.accuracy.top(1))
    let losses = validation.mistakes.map(\.rightProbability)
    #expect(losses == losses.sorted())
    for mistake in validation.mistakes {
      #expect(mistake.label != mistake.prediction && mistake.label == mistake.index % 3)
      #expect(mistake.probability >= mistake.rightProbability)
    }
  }

  @Test func whatCannotBeWrittenIsSaid() async throws {
    let folder = try Scratch()
    let report = try await report()
    #expect(throws: LucidError.self) { try report.write(to: folder.path("none/report.html")) }
    try report.write(to: folder.path("report.html"))
    #expect(try String(contentsOfFile: folder.path("report.html"), encoding: .utf8) == report.html)
  }
}
