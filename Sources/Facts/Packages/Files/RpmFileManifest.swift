import DiskImages
import Evidence

/// The files of rpm's packages, from the headers in its database (rpmtag.h, rpmfiles.h).
enum RpmFileManifest: FileManifest {
  static let format = "rpm"
  static let needs = RpmDatabase.needs

  /// rpmfiles.h: rpmfileAttrs.
  private enum Flag {
    static let configuration: UInt32 = 1 << 0
    static let missingOK: UInt32 = 1 << 3
    static let ghost: UInt32 = 1 << 6
  }

  /// rpmvf.h: rpmVerifyAttrs. A bit that is not set is an aspect that `rpm -V` does not look at.
  private enum Verify {
    static let content: UInt32 = 1 << 0
    static let target: UInt32 = 1 << 2
    static let user: UInt32 = 1 << 3
    static let group: UInt32 = 1 << 4
    static let mode: UInt32 = 1 << 6
  }

  /// rpmfiles.h: rpmfileState, where 0 is a file as it should be.
  private enum State {
    static let replaced: UInt32 = 1
  }

  static func read(
    _ evidence: Evidence, namesOnly: Bool, _ body: (RecordedFile) -> Void
  ) throws(EvidenceGap) -> Bool {
    var seen: Set<FileEntry> = []
    var isKnown = false
    for folder in RpmDatabase.folders {
      for backend in RpmDatabase.backends {
        let path = "\(folder)/\(backend.fileName)"
        guard let entry = try evidence.entry(at: path) else { continue }
        guard seen.insert(entry).inserted else { break }
        var files = RpmFiles(main: try evidence.bytes(at: path) ?? [])
        if backend == RpmSQLite.self { files.log = try evidence.bytes(at: path + "-wal") ?? [] }
        do {
          _ = try backend.read(files) { blob in
            isKnown = true
            if let header = RpmHeader(blob) { read(header, body) }
          }
        } catch {
          throw EvidenceGap(path: path, reason: "the database of rpm cannot be read: \(error.reason)")
        }
        break
      }
    }
    return isKnown
  }

  /// The files of one package. Lists that are shorter than the list of names say nothing of the files beyond.
  static func read(_ header: RpmHeader, _ body: (RecordedFile) -> Void) {
    guard let package = header.text(.name) else { return }
    let names = header.texts(.baseNames)
    let directories = header.texts(.directoryNames)
    let indexes = header.numbers(.directoryIndexes)
    let digests = header.texts(.fileDigests)
    let modes = header.numbers(.fileModes)
    let flags = header.numbers(.fileFlags)
    let verify = header.numbers(.fileVerifyFlags)
    let states = header.numbers(.fileStates)
    let users = header.texts(.fileUsers)
    let groups = header.texts(.fileGroups)
    let targets = header.texts(.fileTargets)
    let capabilities = header.texts(.fileCapabilities)
    let algorithm = algorithm(header.number(.fileDigestAlgorithm))
    for (position, name) in names.enumerated() {
      guard position < indexes.count, Int(indexes[position]) < directories.count else { continue }
      func value<Value>(_ list: [Value]) -> Value? { position < list.count ? list[position] : nil }
      var file = RecordedFile(
        package: package, path: Array((directories[Int(indexes[position])] + name).utf8))
      file.mode = value(modes)
      file.owner = value(users)
      file.group = value(groups)
      file.target = value(targets).flatMap { $0.isEmpty ? nil : Array($0.utf8) }
      file.capabilities = value(capabilities).flatMap { $0.isEmpty ? nil : $0 }
      if let algorithm, let hex = value(digests), !hex.isEmpty {
        file.digest = .init(algorithm: algorithm, hex: hex.lowercased())
      }
      apply(flags: value(flags) ?? 0, verify: value(verify) ?? .max, state: value(states) ?? 0, to: &file)
      body(file)
    }
  }

  /// verify.c: rpmVerifyFile. Of a ghost rpm knows nothing but the name; of a file that another package replaced
  /// only that it should exist; one that was not installed is not looked at.
  private static func apply(flags: UInt32, verify: UInt32, state: UInt32, to file: inout RecordedFile) {
    let isGhost = flags & Flag.ghost != 0
    file.isConfiguration = flags & Flag.configuration != 0
    file.mayBeMissing = isGhost || flags & Flag.missingOK != 0 || (state != 0 && state != State.replaced)
    file.isContentFree = isGhost || state != 0 || verify & Verify.content == 0
    if isGhost || state != 0 || verify & Verify.target == 0 { file.target = nil }
    file.isModeFree = isGhost || state != 0 || verify & Verify.mode == 0
    file.isOwnerFree = isGhost || state != 0 || verify & (Verify.user | Verify.group) == 0
  }

  /// rpmpgp.h: pgpHashAlgo_e. Without the tag digests are MD5. Nil for one that Brinell does not compute.
  private static func algorithm(_ number: Int?) -> DigestAlgorithm? {
    switch number {
    case nil, 1: .md5
    case 2: .sha1
    case 8: .sha256
    case 9: .sha384
    case 10: .sha512
    default: nil
    }
  }
}
