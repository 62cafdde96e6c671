/// Where the bodies of a transfer's answers go.
protocol BodyTarget: AnyObject {
  /// The bytes that are there, of all answers together.
  var receivedCount: Int { get }
  /// The bytes that there will be, where that is known.
  var expectedCount: Int? { get }
  /// What takes the body of the answer to one request.
  func receiver(for ask: BodySink.Ask) -> any BodyReceiver
}

/// Takes the body of one answer.
protocol BodyReceiver: AnyObject {
  /// Judges an answer that brings what was asked for, before its first byte.
  ///
  /// - Parameters:
  ///   - status: 200 for the whole file or 206 for a part.
  ///   - announced: the bytes that the body will have, where the server says so.
  func begin(_ head: AnswerHead, status: Int, announced: Int?) throws
  /// Takes the next bytes; false ends the transfer, since no more are wanted.
  func take(_ bytes: UnsafeRawBufferPointer) throws -> Bool
}
