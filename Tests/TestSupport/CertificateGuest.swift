import DiskImages
import Evidence
import Facts
import Foundation

/// A Debian guest with certificates of `MadeCertificates`, judged as of now unless told otherwise.
public struct CertificateGuest {
  public var fixture = GuestFixture()

  /// - Parameter files: names of `MadeCertificates` by path; those that could not be made are left out.
  public init(_ files: [String: String] = [:], asOf: Int64 = Int64(Date().timeIntervalSince1970)) {
    fixture.asOf = asOf
    for (path, name) in files { add(name, at: path) }
  }

  public func add(_ name: String, at path: String, mode: UInt32 = 0o644, gid: UInt32 = 0) {
    if let bytes = MadeCertificates.file(name) {
      fixture.filesystem.addFile(path, .bytes(bytes), mode: mode, gid: gid)
    }
  }

  public func addText(_ text: String, at path: String) { fixture.filesystem.addFile(path, text) }

  /// Puts roots where the package ca-certificates has them, with the bundle and the links that its tool makes.
  ///
  /// - Parameters:
  ///   - shipped: names of `MadeCertificates` that the package brought.
  ///   - trusted: names of those in the bundle.
  public func addStore(shipped: [String], trusted: [String]) {
    var list = ""
    for name in shipped {
      let path = "/usr/share/ca-certificates/mozilla/\(name.replacing(".pem", with: ".crt"))"
      add(name, at: path)
      list += path + "\n"
    }
    addText(list, at: "/var/lib/dpkg/info/ca-certificates.list")
    let bundle = trusted.compactMap(MadeCertificates.file).flatMap(\.self)
    fixture.filesystem.addFile("/etc/ssl/certs/ca-certificates.crt", .bytes(bundle))
  }

  public func facts(by plan: CollectionPlan) throws -> GuestFacts { try fixture.collected(by: plan) }
}
