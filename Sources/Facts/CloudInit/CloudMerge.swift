/// Merges configuration as cloud-init does (cloudinit/mergers, `mergemanydict` in cloudinit/util.py).
///
/// What is already there is stronger; the weaker one adds what is missing. A file may choose another way for
/// its own merge with `merge_how`, e.g. `list(append)+dict(recurse_array)+str()`.
struct CloudMerge {
  private var options: [String: Set<String>]

  /// The way that a file chooses, or cloud-init's usual way; both keys are taken out of the file.
  init(_ file: inout ConfigValue) {
    options = [:]
    guard case .mapping(var members, let line) = file else { return }
    let how = file["merge_how"] ?? file["merge_type"]
    members.removeAll { $0.key == "merge_how" || $0.key == "merge_type" }
    file = .mapping(members, line: line)
    if let how { read(how) }
  }

  private mutating func read(_ how: ConfigValue) {
    switch how {
    case .scalar(let scalar):
      for part in scalar.text.lowercased().split(separator: "+") {
        let name = part.prefix { $0 != "(" }.trimmingBlanks()
        let inside = part.dropFirst(name.count + 1).prefix { $0 != ")" }
        options[String(name)] = Set(inside.split(separator: ",").map { String($0.trimmingBlanks()) })
      }
    case .list(let elements, _):
      for element in elements {
        guard let name = element["name"]?.texts.first else { continue }
        options[name] = Set(element["settings"]?.texts ?? [])
      }
    case .mapping: break
    }
  }

  /// What `strong` becomes when `weak` is merged into it.
  func merge(_ strong: ConfigValue, _ weak: ConfigValue, depth: Int = 0) -> ConfigValue {
    guard depth < ConfigLimits.depth else { return strong }
    switch (strong, weak) {
    case (.mapping(let own, let line), .mapping(let other, _)):
      return .mapping(merge(own, other, depth), line: line)
    case (.list(let own, let line), .list(let other, _)):
      return .list(merge(own, other, depth), line: line)
    case (.list, _): return has("list", "no_replace", "append", "prepend") ? strong : weak
    case (.scalar(let own), .scalar(let other)):
      if own.isNull { return strong }
      return has("str", "append") ? .scalar(.init(own.text + other.text, line: own.line)) : weak
    default: return strong
    }
  }

  private func has(_ merger: String, _ names: String...) -> Bool {
    names.contains { options[merger]?.contains($0) == true }
  }

  private func merge(
    _ own: [ConfigValue.Member], _ other: [ConfigValue.Member], _ depth: Int
  ) -> [ConfigValue.Member] {
    var result = own
    var positions: [String: Int] = [:]
    for (position, member) in own.enumerated() { positions[member.key] = position }
    var deleted: Set<Int> = []
    for member in other {
      guard let position = positions[member.key] else {
        positions[member.key] = result.count
        result.append(member)
        continue
      }
      if case .scalar(let scalar) = member.value, scalar.isNull, has("dict", "allow_delete") {
        deleted.insert(position)
      } else {
        result[position].value = mergeSameKey(result[position].value, member.value, depth)
      }
    }
    return result.enumerated().filter { !deleted.contains($0.offset) }.map(\.element)
  }

  private func mergeSameKey(_ own: ConfigValue, _ other: ConfigValue, _ depth: Int) -> ConfigValue {
    if has("dict", "replace") { return other }
    let recurses =
      switch other {
      case .list: has("dict", "recurse_array", "recurse_list")
      case .scalar(let scalar): has("dict", "recurse_str") && !scalar.isNull
      case .mapping: true
      }
    return recurses ? merge(own, other, depth: depth + 1) : own
  }

  private func merge(_ own: [ConfigValue], _ other: [ConfigValue], _ depth: Int) -> [ConfigValue] {
    if has("list", "prepend") { return other + own }
    if has("list", "append") { return own + other }
    if has("list", "no_replace") { return own }
    return own.indices.map { $0 < other.count ? other[$0] : own[$0] }
  }
}
