import DiskImages
import Evidence

/// Whether the kernel protects owner, mode, capabilities and labels of files with a digest in `security.evm` (EVM; Linux,
/// security/integrity/evm, Documentation/ABI/testing/evm).
///
/// EVM does nothing until it has a key. dracut's module `integrity`, which is in the initial file system only where
/// dracut.conf(5) asks for it, loads keys from the root file system (modules.d/98integrity/evm-enable.sh). The kernel
/// itself loads a certificate from the initial file system (CONFIG_EVM_LOAD_X509).
public struct AttributeProtection: FactModel {
  private static let settings = "/etc/sysconfig/evm"
  public static let needs: [ContentNeed] =
    KernelConfiguration.needs + DracutConfiguration.needs + [ContentNeed(settings)]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  /// What comes of it at boot.
  public enum State: Sendable, Hashable {
    /// A key is loaded; the lines and files that show it.
    case active([Origin])
    /// A key is loaded, and altered attributes are accepted and sealed anew (`evm=fix`).
    case fixing(Origin)
    case inactive(String)
    case unknown(String)
  }

  public let state: State
  /// How many programs in /usr/bin carry the attribute, of how many.
  public let labelled: (count: Int, all: Int)

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let programs = try evidence.entries(matching: "/usr/bin/*").filter { $0.type == .regular }
    let count = programs.filter { $0.extendedAttributes.contains { $0.name == "security.evm" } }.count
    labelled = (count, programs.count)
    state = try Self.state(facts, evidence)
  }

  private static func state(_ facts: GuestFacts, _ evidence: Evidence) throws(EvidenceGap) -> State {
    let configuration = try facts.model(KernelConfiguration.self)
    let line = try KernelCommandLine(try facts.model())
    guard configuration.value(of: "EVM").value == "y" else { return .inactive("the kernel has no EVM") }
    let keys = try keys(line, evidence)
    if let addition = try DracutConfiguration(evidence).addition(of: "integrity"), !keys.isEmpty {
      if let fix = line.last("evm"), fix.value == "fix" { return .fixing(fix.origin) }
      return .active([addition] + keys)
    }
    let certificate = configuration.value(of: "EVM_X509_PATH").value
    let path = certificate.hasPrefix("/") ? certificate : "/etc/keys/x509_evm.der"
    if configuration.value(of: "EVM_LOAD_X509").value == "y", try evidence.entry(at: path) != nil {
      return .unknown("the kernel loads \(path) from the initial file system, which may not hold it")
    }
    return .inactive(keys.isEmpty ? "no key in /etc/keys" : "nothing loads \(keys[0].path ?? "the key")")
  }

  /// The files that dracut's module would load.
  private static func keys(_ line: KernelCommandLine, _ evidence: Evidence) throws(EvidenceGap) -> [Origin] {
    var paths = ["EVMKEY": "/etc/keys/evm-trusted.blob", "EVMX509": "/etc/keys/x509_evm.der"]
    if let file = try evidence.text(at: settings) {
      paths.merge(OSRelease.parse(file).filter { paths[$0.key] != nil && !$0.value.isEmpty }) { $1 }
    }
    for (argument, name) in [("evmkey", "EVMKEY"), ("evmx509", "EVMX509")] {
      if let path = line.last(argument)?.value { paths[name] = path }
    }
    var keys: [Origin] = []
    for path in paths.values.sorted() {
      if let file = try evidence.entry(at: path), file.type == .regular {
        keys.append(Origin(path: file.path, kind: .explicit, text: "loaded at boot"))
      }
    }
    return keys
  }
}
