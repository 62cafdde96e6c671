import CCrypto
import Foundation

/// The SHA-256 of bytes, as 64 lower-case hexadecimal digits.
public func sha256(_ bytes: some ContiguousBytes) -> String {
  var digest = [UInt8](repeating: 0, count: 32)
  let succeeded = bytes.withUnsafeBytes { EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil) }
  precondition(succeeded == 1, "libcrypto could not compute a SHA-256")
  return digest.map { byte in
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
  }.joined()
}
