import DiskImages
import Evidence

/// Follows the statements of rsyslog.conf and its includes in their order.
struct RsyslogReader {
  private let evidence: Evidence
  private(set) var includes: [String] = []
  private(set) var listeners: [RsyslogConfiguration.Listener] = []
  private(set) var umask: Effective<UInt32>?
  private(set) var dropsTo: String?
  private(set) var isPresent = false

  private var actions: [(action: RsyslogConfiguration.Action, ruleset: String)] = []
  /// Rule sets that a rule set calls.
  private var calls: [String: Set<String>] = [:]
  private var defaultRuleset = Self.firstRuleset
  private var ruleset = Self.firstRuleset
  /// Rule sets in which every message has been discarded.
  private var stopped: Set<String> = []
  private var legacy: [String: Effective<String>] = [:]
  private var fileModule: [String: Effective<String>] = [:]
  /// Parameters of imtcp, which hold for its inputs.
  private var tcpModule: (parameters: [String: String], origin: Origin)?
  /// What each listener says of its driver, in their order.
  private var streams: [(parameters: [String: String], origin: Origin)] = []
  private var globals: [String: String] = [:]
  private var openFiles: [UInt32] = []
  private var filesRead = 0

  private static let firstRuleset = "RSYSLOG_DefaultRuleset"

  /// A block in braces, or the file itself.
  private struct Block {
    var ruleset: String?
    var filters: [String]
    /// The text of a template, which does nothing.
    var isInert = false
  }

  init(_ evidence: Evidence) { self.evidence = evidence }

  mutating func read() throws(EvidenceGap) {
    guard let entry = try evidence.entry(at: "/etc/rsyslog.conf") else { return }
    isPresent = true
    try read(entry)
  }

  private mutating func read(_ entry: FileEntry) throws(EvidenceGap) {
    guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular,
      !openFiles.contains(file.id), openFiles.count < 16, filesRead < 1000
    else { return }
    filesRead += 1
    openFiles.append(file.id)
    defer { openFiles.removeLast() }
    let text = try evidence.text(of: entry)
    var blocks: [Block] = [Block(ruleset: nil, filters: [])]
    var pending: [String] = []
    var last: [String] = []
    var named: Block?
    for (statement, line) in RsyslogScanner(text).statements {
      let origin = Origin(
        path: text.path, line: line, kind: Self.kind(text.path), text: text.lines[line - 1].text)
      switch statement {
      case .filter(let filter):
        pending.append(filter)
        named = nil
      case .sameFilter: pending = last
      case .open:
        let above = blocks[blocks.count - 1]
        var block = named ?? Block(ruleset: above.ruleset, filters: above.filters + pending)
        block.isInert = block.isInert || above.isInert
        if blocks.count < 256 { blocks.append(block) }
        pending = []
        named = nil
      case .close:
        if blocks.count > 1 { blocks.removeLast() }
        pending = []
      default:
        named = Self.block(of: statement)
        let block = blocks[blocks.count - 1]
        if !block.isInert { try take(statement, block.filters + pending, block.ruleset ?? ruleset, origin) }
        last = pending
        pending = []
      }
    }
  }

  private static func kind(_ path: String) -> Origin.Kind {
    path == "/etc/rsyslog.conf" ? .explicit : .dropIn
  }

  /// The block that may follow an object.
  private static func block(of statement: RsyslogStatement) -> Block? {
    guard case .object(let name, let parameters) = statement else { return nil }
    switch name {
    case "ruleset": return Block(ruleset: parameters["name"] ?? "", filters: [])
    case "template": return Block(ruleset: nil, filters: [], isInert: true)
    default: return nil
    }
  }

  private mutating func take(
    _ statement: RsyslogStatement, _ filters: [String], _ ruleset: String, _ origin: Origin
  ) throws(EvidenceGap) {
    switch statement {
    case .directive(let name, let value): try take(directive: name, value, origin)
    case .object(let name, let parameters): try take(object: name, parameters, filters, ruleset, origin)
    case .call(let name): calls[ruleset, default: []].insert(name)
    case .stop: if filters.allSatisfy(Self.isEverything) { stopped.insert(ruleset) }
    case .action(let text):
      add(RsyslogActions.legacy(text, legacy: legacy, globals: globals), filters, ruleset, origin)
    case .filter, .sameFilter, .open, .close: break
    }
  }

  static func isEverything(_ filter: String) -> Bool { filter == "*.*" }

  private mutating func add(
    _ made: (RsyslogConfiguration.Action.Target, RsyslogConfiguration.Creation)?, _ filters: [String],
    _ ruleset: String, _ origin: Origin
  ) {
    guard let (target, creation) = made else { return }
    let narrowing = filters.filter { !Self.isEverything($0) }
    actions.append(
      (
        .init(
          target: target, filter: narrowing.isEmpty ? nil : narrowing.joined(separator: " and "),
          isReached: !stopped.contains(ruleset), creation: creation, origin: origin), ruleset
      ))
  }

  private mutating func take(directive name: String, _ value: String, _ origin: Origin) throws(EvidenceGap) {
    switch name {
    case "includeconfig": try include(value)
    case "umask": setUmask(value, origin)
    case "privdroptouser": dropsTo = value
    case "ruleset": ruleset = value
    case "defaultruleset": defaultRuleset = value
    case "resetconfigvariables": legacy = [:]
    case "inputtcpserverrun": listen("imtcp", value, nil, origin)
    case "udpserverrun": listen("imudp", value, legacy["udpserveraddress"]?.value, origin)
    case "inputptcpserverrun": listen("imptcp", value, nil, origin)
    case "inputrelpserverrun": listen("imrelp", value, nil, origin)
    case "inputgssserverrun": listen("imgssapi", value, nil, origin)
    default:
      if name.hasPrefix("defaultnetstreamdriver") { globals[name] = value }
      legacy[name] = Effective(
        value, origin: origin,
        shadowed: legacy[name].map { [.init(value: $0.value, origin: $0.origin)] } ?? [])
    }
  }

  private mutating func setUmask(_ value: String, _ origin: Origin) {
    if let mask = UInt32(value, radix: 8), mask <= 0o777 { umask = Effective(mask, origin: origin) }
  }

  private mutating func listen(_ module: String, _ port: String, _ address: String?, _ origin: Origin) {
    let anywhere: Set<String> = ["", "*", "0.0.0.0", "::"]
    listeners.append(
      .init(
        module: module, port: port, address: address.flatMap { anywhere.contains($0) ? nil : $0 },
        origin: origin))
    let old = ["mode", "authmode", "name"].compactMap { key in
      legacy["inputtcpserverstreamdriver\(key)"].map { ("streamdriver.\(key)", $0) }
    }
    streams.append(
      (Dictionary(old.map { ($0.0, $0.1.value) }) { $1 }, old.last?.1.origin ?? origin))
  }

  /// The listeners with their drivers: what an input says counts before what its module says, and that before the
  /// global driver, wherever it stands (rsyslog manual, imtcp).
  func finishedListeners() -> [RsyslogConfiguration.Listener] {
    zip(listeners, streams).map { listener, own in
      guard listener.module == "imtcp" else { return listener }
      func value(_ key: String) -> (text: String, origin: Origin)? {
        if let text = own.parameters[key] { return (text, own.origin) }
        guard let module = tcpModule, let text = module.parameters[key] else { return nil }
        return (text, module.origin)
      }
      var listener = listener
      let driver = (value("streamdriver.name")?.text ?? globals["defaultnetstreamdriver"] ?? "ptcp")
        .lowercased()
      guard let mode = value("streamdriver.mode"), mode.text == "1", driver != "ptcp" else { return listener }
      listener.stream = .init(
        driver: driver, authentication: value("streamdriver.authmode")?.text.lowercased(),
        priority: value("gnutlsprioritystring")?.text, origin: mode.origin)
      return listener
    }
  }

  private mutating func take(
    object name: String, _ parameters: [String: String], _ filters: [String], _ ruleset: String,
    _ origin: Origin
  ) throws(EvidenceGap) {
    switch name {
    case "include":
      if let file = parameters["file"] { try include(file) }
    case "global":
      globals.merge(parameters) { _, new in new }
      if let mask = parameters["umask"] { setUmask(mask, origin) }
      if let user = parameters["privdrop.user.name"] { dropsTo = user }
    case "module":
      let module = parameters["load"] ?? ""
      if module == "builtin:omfile" || module == "omfile" {
        for (key, value) in parameters { fileModule[key] = Effective(value, origin: origin) }
      }
      if module == "imtcp" { tcpModule = (parameters, origin) }
      if module == "imhttp", let ports = parameters["ports"] { listen("imhttp", ports, nil, origin) }
    case "input": take(input: parameters, origin)
    case "action":
      add(
        RsyslogActions.object(parameters, fileModule: fileModule, globals: globals, origin), filters, ruleset,
        origin)
    default: break
    }
  }

  private mutating func take(input parameters: [String: String], _ origin: Origin) {
    let type = parameters["type"]?.lowercased() ?? ""
    // A socket of the file system takes nothing from the network.
    guard ["imtcp", "imudp", "imptcp", "imrelp", "imgssapi", "imdtls"].contains(type),
      parameters["path"] == nil
    else {
      return
    }
    listen(type, parameters["port"] ?? "514", parameters["address"], origin)
    streams[streams.count - 1] = (parameters, origin)
    if let bound = parameters["ruleset"] { calls["(network)", default: []].insert(bound) }
  }

  private mutating func include(_ path: String) throws(EvidenceGap) {
    let pattern = path.hasSuffix("/") ? path + "*" : path
    guard pattern.hasPrefix("/") else { return }
    includes.append(pattern)
    for entry in try evidence.entries(matching: GlobPattern(pattern)) {
      guard case .found(let target) = evidence.index.target(of: entry) else { continue }
      if target.type == .directory {
        includes.append(entry.path + "/*")
        for child in target.children where !child.nameBytes.starts(with: ".".utf8) { try read(child) }
      } else {
        try read(entry)
      }
    }
  }

  /// The actions, with those unreached whose rule set no message of this machine enters.
  func reachedActions() -> [RsyslogConfiguration.Action] {
    var reached: Set<String> = [defaultRuleset]
    var pending = [defaultRuleset]
    while let name = pending.popLast() {
      for called in calls[name] ?? [] where reached.insert(called).inserted { pending.append(called) }
    }
    return actions.map { action, ruleset in
      var action = action
      action.isReached = action.isReached && reached.contains(ruleset)
      return action
    }
  }
}
