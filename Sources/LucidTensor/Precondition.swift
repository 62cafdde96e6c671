/// Stops the program, with a message, where it uses the library wrongly.
///
/// Stands in front of Swift's function of the same name in this package: that one says nothing in an optimised build,
/// and a trap that does not name the shapes that do not fit is no help on a server.
@inline(__always)
package func precondition(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition() { preconditionFailure(message(), file: file, line: line) }
}

/// Stops the program, with a message, at a place that only a wrong use of the library leads to; see
/// ``precondition(_:_:file:line:)``.
@inline(never)
package func preconditionFailure(
  _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
  fatalError(message(), file: file, line: line)
}
