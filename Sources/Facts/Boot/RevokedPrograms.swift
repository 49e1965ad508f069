import Binaries
import DiskImages
import Evidence
import Foundation

/// What firmware refuses to start: the content of the variable `dbx` (UEFI specification, 32.4.1, "Signature Database").
public struct RevokedPrograms: Sendable, Hashable {
  /// Where it was read, for people.
  public var source: String
  /// Authenticode digests of programs, SHA-256 in hexadecimal.
  public private(set) var programs: Set<String> = []
  /// Certificates by SHA-256 of the whole, with the names of their subjects.
  public private(set) var certificates: [String: String] = [:]
  /// SHA-256 of the signed parts of certificates.
  public private(set) var certificateBodies: Set<String> = []
  /// SHA-256 of the subjects' names of the certificates, as they are written, with the names.
  public private(set) var subjectNames: [String: String] = [:]
  /// Entries of kinds that are not read.
  public private(set) var unknown = 0

  /// The file is none of a list of signatures; one phrase for people.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
  }

  private static let sizeLimit = 16 << 20
  private static let entryLimit = 1_000_000

  /// Reads a file as `EFI_SIGNATURE_LIST`s, one after the other: bare, as efivarfs gives them with 4 bytes of
  /// attributes, or as an update with `EFI_VARIABLE_AUTHENTICATION_2`, like dbxupdate.bin.
  public static func read(_ path: String) throws(Failure) -> RevokedPrograms {
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: sizeLimit + 1)
    else { throw Failure(description: "cannot be read") }
    guard data.count <= sizeLimit else { throw Failure(description: "larger than \(sizeLimit >> 20) MiB") }
    return try RevokedPrograms(Array(data), source: path)
  }

  /// Reads the bytes of such a file.
  public init(_ bytes: [UInt8], source: String) throws(Failure) {
    self.source = source
    var lists = ByteReader(bytes)
    if let update = Self.withoutHeader(lists) {
      lists = update
    } else if Kind(lists, at: 0) == nil, bytes.count >= 4, Kind(lists, at: 4) != nil {
      lists = ByteReader(lists.bytes.dropFirst(4))
    }
    guard lists.count > 0 else { throw Failure(description: "it is empty") }
    var offset = 0
    while offset < lists.count {
      guard let size = lists.u32(at: offset + 16).map(Int.init), size >= 28,
        let list = lists.slice(at: offset, count: size)
      else { throw Failure(description: "no list of signatures at byte \(offset)") }
      try take(ByteReader(list))
      offset += size
    }
  }

  /// `EFI_TIME` of 16 bytes, then a `WIN_CERTIFICATE_UEFI_GUID` of revision 0x0200 and type 0x0ef1.
  private static func withoutHeader(_ reader: ByteReader) -> ByteReader? {
    guard let length = reader.u32(at: 16).map(Int.init), reader.u16(at: 20) == 0x0200,
      reader.u16(at: 22) == 0x0ef1, length >= 24, length <= reader.count - 16
    else { return nil }
    return ByteReader(reader.bytes.dropFirst(16 + length))
  }

  /// Kinds of entries that are read.
  private enum Kind {
    case program, certificate, certificateBody

    /// By the GUID at an offset: EFI_CERT_SHA256_GUID, EFI_CERT_X509_GUID, EFI_CERT_X509_SHA256_GUID.
    init?(_ reader: ByteReader, at offset: Int) {
      guard let guid = reader.slice(at: offset, count: 16) else { return nil }
      switch Array(guid) {
      case [0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28]:
        self = .program
      case [0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72]:
        self = .certificate
      case [0x92, 0xa4, 0xd2, 0x3b, 0xc0, 0x96, 0x79, 0x40, 0xb4, 0x20, 0xfc, 0xf9, 0x8e, 0xf1, 0x03, 0xed]:
        self = .certificateBody
      default: return nil
      }
    }
  }

  /// One list: GUID, size of the list, size of its header, size of each entry, entries with their owner's GUID first.
  private mutating func take(_ list: ByteReader) throws(Failure) {
    guard let header = list.u32(at: 20).map(Int.init), let size = list.u32(at: 24).map(Int.init), size > 16,
      header <= list.count - 28, (list.count - 28 - header) % size == 0
    else { throw Failure(description: "a list of signatures whose sizes do not fit together") }
    let kind = Kind(list, at: 0)
    for offset in stride(from: 28 + header, to: list.count, by: size) {
      guard programs.count < Self.entryLimit, let entry = list.slice(at: offset + 16, count: size - 16) else {
        throw Failure(description: "too many entries")
      }
      switch kind {
      case .program where entry.count == 32: programs.insert(hexText(entry))
      case .certificateBody where entry.count >= 32: certificateBodies.insert(hexText(entry.prefix(32)))
      case .certificate: addCertificate(entry)
      default: unknown += 1
      }
    }
  }

  private mutating func addCertificate(_ entry: ArraySlice<UInt8>) {
    guard let certificate = SigningCertificate(entry) else {
      unknown += 1
      return
    }
    certificates[certificate.summary.digest] = certificate.summary.subject
    subjectNames[SHA256.hex(Array(certificate.subjectName))] = certificate.summary.subject
  }
}

extension RevokedPrograms {
  /// What the list says of a program.
  public enum Verdict: Sendable, Hashable {
    case notRevoked
    /// In words.
    case revoked(String)
    /// A certificate of this name is revoked; whether it is the one that issued is not to be told.
    case issuerOfTheName(String)
  }

  /// Firmware refuses a program whose digest is revoked, and one that has any signature with a revoked certificate
  /// (`DxeImageVerificationHandler` in edk2).
  public func verdict(on program: BootProgram) -> Verdict {
    if let digest = program.digest, programs.contains(digest) {
      return .revoked("its digest is revoked: \(digest)")
    }
    var verdict = Verdict.notRevoked
    for signature in program.signatures {
      switch self.verdict(on: signature) {
      case .notRevoked: continue
      case .revoked(let words): return .revoked(words)
      case .issuerOfTheName(let name): verdict = .issuerOfTheName(name)
      }
    }
    return verdict
  }

  private func verdict(on signature: BootSignature) -> Verdict {
    for certificate in signature.certificates {
      if certificates[certificate.digest] != nil || certificateBodies.contains(certificate.bodyDigest) {
        return .revoked("the certificate \(certificate.subject) is revoked")
      }
    }
    for certificate in signature.certificates {
      if let name = subjectNames[certificate.issuerDigest] { return .issuerOfTheName(name) }
    }
    return .notRevoked
  }
}
