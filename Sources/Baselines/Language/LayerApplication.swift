import DiskImages
import Foundation

/// Applies a baseline's own part to what it inherits: libraries, values, checks, changes.
struct LayerApplication {
  let cache: SourceCache

  private var problems: ProblemList { cache.problems }

  func apply(_ layer: BaselineLayer, to result: inout InheritedBaseline) {
    addLibraries(layer, &result)
    applyValues(layer, &result)
    addMembers(layer, &result)
    addOwnChecks(layer, &result)
    disable(layer, &result)
    changeSeverities(layer, &result)
  }

  /// What needs all layers: which guests each check is for, and the checks that others require.
  func finish(_ result: inout InheritedBaseline) {
    let guests = GuestsOfLayers(result.layers)
    for id in result.order {
      result.setGuests(id, guests.union(result.members[id]?.askedBy ?? []))
    }
    Requirements(problems: problems).add(to: &result)
  }

  private func addLibraries(_ layer: BaselineLayer, _ result: inout InheritedBaseline) {
    let source = layer.source
    let folder = URL(filePath: source.file).deletingLastPathComponent().relativePath
    var paths = source.library?.map { ($0.text.hasPrefix("/") ? $0.text : "\(folder)/\($0.text)", $0.place) }
    if paths == nil, BaselineFolders.isFolder("\(folder)/checks") {
      paths = [("\(folder)/checks", source.place)]
    }
    for (path, place) in paths ?? [] {
      for library in cache.libraries(path, from: place) {
        if let known = result.libraries.firstIndex(where: { $0.library.file == library.file }) {
          result.libraries[known].layers.insert(layer.key)
          continue
        }
        result.libraries.append(.init(library: library, layers: [layer.key]))
        for declaration in library.values { declare(declaration, &result) }
        for check in library.checks { add(check, &result) }
      }
    }
  }

  private func add(_ check: CheckSource, _ result: inout InheritedBaseline) {
    if let known = result.libraryChecks[check.id] {
      problems.add(check.place, "the check '\(check.id)' is defined twice, also at \(known.place)")
    } else {
      result.libraryChecks[check.id] = check
    }
  }

  private func declare(_ declaration: ValueDeclaration, _ result: inout InheritedBaseline) {
    if let known = result.declarations[declaration.name] {
      problems.add(
        declaration.place,
        "the value '\(declaration.name)' is declared twice, also at \(known.place); 'set' changes a value")
    } else {
      result.declarations[declaration.name] = declaration
    }
  }

  private func applyValues(_ layer: BaselineLayer, _ result: inout InheritedBaseline) {
    let source = layer.source
    for declaration in source.values { declare(declaration, &result) }
    var places: [String: SourcePlace] = [:]
    for library in result.libraries(seenBy: layer) {
      for (baseline, _, entries) in library.settings where baseline == source.id {
        for entry in entries {
          if let other = places.updateValue(entry.place, forKey: entry.key) {
            problems.add(entry.place, "\(source.id) sets '\(entry.key)' twice, also at \(other)")
          }
          set(entry, layer, &result)
        }
      }
    }
    for entry in source.settings { set(entry, layer, &result) }
  }

  private func set(_ entry: SourceNode.Entry, _ layer: BaselineLayer, _ result: inout InheritedBaseline) {
    guard let declaration = result.declarations[entry.key] else {
      let suggestion = problems.suggestion(for: entry.key, among: result.declarations.keys)
      problems.add(entry.place, "there is no value '\(entry.key.prefix(60))'" + suggestion)
      return
    }
    switch declaration.read(entry.value) {
    case .success(let content):
      result.settings[entry.key] = .init(content: content, setBy: layer.source.id, place: entry.place)
    case .failure(let mismatch): problems.add(entry.value.place, mismatch.message)
    }
  }

  /// Checks of the libraries that name the baseline, then those that it selects.
  private func addMembers(_ layer: BaselineLayer, _ result: inout InheritedBaseline) {
    let libraries = result.libraries(seenBy: layer)
    for library in libraries {
      for check in library.askedBy[layer.source.id, default: []] { result.ask(check, layer) }
    }
    for selection in layer.source.select {
      let all = libraries.flatMap(\.checks)
      let chosen = all.filter { fnmatch(pattern: selection.pattern, $0.id) }
      if chosen.isEmpty {
        let suggestion = problems.suggestion(for: selection.pattern, among: all.map(\.id))
        problems.add(
          selection.place, "no check of the library is called '\(selection.pattern.prefix(60))'" + suggestion)
      }
      for check in chosen { result.ask(check, layer) }
    }
  }

  private func addOwnChecks(_ layer: BaselineLayer, _ result: inout InheritedBaseline) {
    var own: [String: SourcePlace] = [:]
    for check in layer.source.checks {
      if let other = own.updateValue(check.place, forKey: check.id) {
        problems.add(check.place, "the check '\(check.id)' is defined twice, also at \(other)")
        continue
      }
      let known = result.members[check.id]?.check ?? result.libraryChecks[check.id]
      if let known, check.overrides {
        result.ask(known, layer)
        guard var member = result.members[check.id] else { continue }
        member.check = known.overridden(by: check)
        member.severity = check.severity ?? member.severity
        result.put(member)
      } else if let known {
        problems.add(
          check.place,
          "the check '\(check.id)' is already defined at \(known.place); 'override: true' redefines it")
      } else if check.overrides {
        let names = Array(result.members.keys) + Array(result.libraryChecks.keys)
        let suggestion = problems.suggestion(for: check.id, among: names)
        problems.add(check.place, "there is no check '\(check.id)' to override" + suggestion)
      } else {
        result.ask(check, layer)
      }
    }
  }

  private func disable(_ layer: BaselineLayer, _ result: inout InheritedBaseline) {
    guard !layer.source.disable.isEmpty else { return }
    let members = result.members(seenBy: layer)
    let seen = Set(members).union(result.required(by: members))
    for disabling in layer.source.disable {
      let ids =
        seen.contains(disabling.pattern)
        ? [disabling.pattern] : seen.filter { fnmatch(pattern: disabling.pattern, $0) }
      if ids.isEmpty {
        let suggestion = problems.suggestion(for: disabling.pattern, among: seen)
        problems.add(
          disabling.place,
          "the baseline has no check '\(disabling.pattern.prefix(60))' to disable" + suggestion)
      }
      result.disable(Array(ids), reason: disabling.reason, layer)
    }
  }

  private func changeSeverities(_ layer: BaselineLayer, _ result: inout InheritedBaseline) {
    guard !layer.source.severities.isEmpty else { return }
    let seen = Set(result.members(seenBy: layer))
    for (id, severity, place) in layer.source.severities {
      if seen.contains(id) {
        result.setSeverity(id, severity)
      } else {
        problems.add(
          place, "the baseline has no check '\(id.prefix(60))'" + problems.suggestion(for: id, among: seen))
      }
    }
  }
}
