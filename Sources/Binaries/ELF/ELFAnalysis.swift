extension ELFFile {
  /// What protects the file; see `ELFProperties`.
  public func properties() throws(BinaryError) -> ELFProperties {
    let segments = try segments()
    try fetchTables(segments)
    let dynamic = try dynamic(in: segments)
    let interpreter = try interpreter(in: segments)
    let notes = try notes(in: segments)
    let imports =
      try dynamic.map { (table) throws(BinaryError) in try self.imports(table, in: segments) } ?? nil
    let sections = try readableSections()
    let soName = try text(ELFDynamic.soName, dynamic, segments)
    // The C library defines what others import, so that its imports do not show its own use.
    let isLibc =
      soName.map { name in ["libc.", "ld-", "ld.", "ld64."].contains { name.hasPrefix($0) } } ?? false
    let role = role(dynamic, interpreter: interpreter, soName: soName)
    let loads = segments.filter { $0.type == ELFSegment.load }
    return ELFProperties(
      machine: header.machine, is64Bit: header.is64Bit, order: header.order, role: role,
      isPositionIndependent: header.type == .positionIndependent,
      isStatic: role == .program && interpreter == nil && dynamic?.has(ELFDynamic.needed) != true,
      interpreter: interpreter, soName: soName,
      relro: relro(segments, dynamic, sections), bindsNow: dynamic?.bindsNow ?? false,
      stack: stack(segments),
      hasWritableCode: loads.contains { $0.isWritable && $0.isExecutable },
      hasTextRelocations: dynamic?.hasTextRelocations ?? false,
      hasCanary: try hasCanary(imports, isLibc: isLibc, sections),
      fortified: isLibc ? nil : imports.map { $0.names.count { Fortify.isFortified($0) } },
      unfortified: isLibc ? nil : imports.map { $0.names.count { Fortify.hasFortifiedForm($0) } },
      rpath: try paths(ELFDynamic.rpath, dynamic, segments),
      runpath: try paths(ELFDynamic.runpath, dynamic, segments),
      features: features(notes),
      isStripped: sections.map { !$0.contains { $0.type == ELFSection.symbolTable } },
      language: try language(notes, sections))
  }

  /// Asks for all tables at once. The names of sections usually lie right before the section headers.
  private func fetchTables(_ segments: [ELFSegment]) throws(BinaryError) {
    let types = [ELFSegment.dynamic, ELFSegment.interpreter, ELFSegment.note]
    var ranges = segments.filter {
      types.contains($0.type) && $0.fileSize <= 1 << 18 && $0.offset < file.size
    }
    .map { $0.offset..<($0.offset + $0.fileSize) }
    let table = header.sectionHeaderOffset
    if table > 0, table < file.size {
      let size = UInt64(header.sectionHeaderSize) * UInt64(max(1, header.sectionHeaderCount))
      ranges.append((table - min(512, table))..<(table + min(size, file.size - table, 1 << 18)))
    }
    try file.require(ranges)
  }

  /// Sections do not matter to the kernel: a file whose section table is damaged runs all the same.
  private func readableSections() throws(BinaryError) -> [ELFSection]? {
    do throws(BinaryError) {
      let sections = try sections()
      return sections.isEmpty ? nil : sections
    } catch {
      if case .damaged = error { return nil }
      throw error
    }
  }

  /// Programs can be position independent, and libraries can have an interpreter: libc.so.6 prints its version.
  private func role(_ dynamic: ELFDynamic?, interpreter: String?, soName: String?) -> ELFProperties.Role {
    switch header.type {
    case .fixedProgram: return .program
    case .positionIndependent:
      guard let dynamic else { return .program }
      // What debuggers are told is in other entries on MIPS: DT_MIPS_RLD_MAP and DT_MIPS_RLD_MAP_REL.
      let tags: [UInt64] = header.machine == .mips ? [0x7000_0016, 0x7000_0035] : [ELFDynamic.debug]
      if dynamic.isMarkedAsProgram || tags.contains(where: dynamic.has) { return .program }
      return interpreter != nil && soName == nil ? .program : .library
    default: return .other
    }
  }

  /// `full` where nothing is bound lazily, so that the dynamic linker can protect all tables before the program starts.
  ///
  /// Binding is lazy if it is not asked otherwise and there are relocations for it (`DT_JMPREL`); on MIPS it needs
  /// none. A static program has no such table in its segments; its sections tell whether `.got.plt` is left out.
  private func relro(
    _ segments: [ELFSegment], _ dynamic: ELFDynamic?, _ sections: [ELFSection]?
  ) -> ELFProperties.Relro {
    guard segments.contains(where: { $0.type == ELFSegment.gnuRelro }) else { return .none }
    guard let dynamic else {
      return sections?.contains { $0.name == ".got.plt" } == false ? .full : .partial
    }
    if dynamic.bindsNow { return .full }
    let isLazy = dynamic.has(ELFDynamic.pltRelocations) || header.machine == .mips
    return isLazy ? .partial : .full
  }

  private func stack(_ segments: [ELFSegment]) -> ELFProperties.Stack {
    guard let segment = segments.last(where: { $0.type == ELFSegment.gnuStack }) else { return .unsaid }
    return segment.isExecutable ? .executable : .notExecutable
  }

  private static let canaryNames: Set<String> = [
    "__stack_chk_fail", "__stack_chk_guard", "__stack_chk_fail_local", "__intel_security_cookie",
  ]

  /// Imports tell of dynamic files, the symbol table of static ones.
  private func hasCanary(
    _ imports: ELFImports?, isLibc: Bool, _ sections: [ELFSection]?
  ) throws(BinaryError) -> Bool? {
    if let imports {
      if !imports.names.isDisjoint(with: Self.canaryNames) { return true }
      return isLibc ? nil : false
    }
    guard let symbols = sections?.first(where: { $0.type == ELFSection.symbolTable }), let sections,
      Int(symbols.link) < sections.count, sections[Int(symbols.link)].size <= 8 << 20
    else { return nil }
    let names = try bytes(
      at: sections[Int(symbols.link)].offset, count: sections[Int(symbols.link)].size,
      of: "the symbols' names")
    return Self.canaryNames.contains { names.holds(string: $0) }
  }

  private func features(_ notes: [ELFNote]) -> Set<ELFProperties.Feature> {
    var features: Set<ELFProperties.Feature> = []
    for property in properties(in: notes) {
      guard let bits = reader(property.content[...]).u32(at: 0) else { continue }
      switch (property.type, header.machine) {
      case (ELFProperty.x86Features, .x86_64), (ELFProperty.x86Features, .i386):
        if bits & 1 != 0 { features.insert(.ibt) }
        if bits & 2 != 0 { features.insert(.shstk) }
      case (ELFProperty.arm64Features, .arm64):
        if bits & 1 != 0 { features.insert(.bti) }
        if bits & 2 != 0 { features.insert(.pac) }
      default: break
      }
    }
    return features
  }

  /// Go's linker writes a note of its own. Rust's compiler leaves its name in `.comment` unless a packager strips it.
  private func language(
    _ notes: [ELFNote], _ sections: [ELFSection]?
  ) throws(BinaryError) -> ELFProperties.Language? {
    if notes.contains(where: { $0.owner == "Go" }) { return .go }
    guard let sections else { return nil }
    let names = Set(sections.map(\.name))
    if !names.isDisjoint(with: [".go.buildinfo", ".gopclntab"]) { return .go }
    if !names.isDisjoint(with: [".dep-v0", ".rustc"]) { return .rust }
    guard let comment = sections.first(where: { $0.name == ".comment" }), comment.size <= 4096,
      let text = try file.bytes(at: comment.offset, count: comment.size)
    else { return nil }
    return String(decoding: text, as: UTF8.self).contains("rustc version") ? .rust : nil
  }

  private func text(
    _ tag: UInt64, _ dynamic: ELFDynamic?, _ segments: [ELFSegment]
  ) throws(BinaryError) -> String? {
    guard let dynamic, let position = dynamic.value(tag) else { return nil }
    return try dynamicString(at: position, dynamic, in: segments)
  }

  /// A path that cannot be read is damage: an empty answer would say that there is none.
  private func paths(
    _ tag: UInt64, _ dynamic: ELFDynamic?, _ segments: [ELFSegment]
  ) throws(BinaryError) -> [String] {
    guard let dynamic, let position = dynamic.value(tag) else { return [] }
    guard let text = try dynamicString(at: position, dynamic, in: segments) else {
      throw .damaged("a library path that cannot be read")
    }
    return text.split(separator: ":", maxSplits: 255, omittingEmptySubsequences: false).map(String.init)
  }
}

extension ArraySlice<UInt8> {
  /// Whether a string table holds the string, as a whole one or as the end of one.
  fileprivate func holds(string: String) -> Bool {
    let wanted = Array(string.utf8) + [0]
    guard let first = wanted.first, count >= wanted.count else { return false }
    var position = startIndex
    while let hit = self[position...].firstIndex(of: first) {
      if self[hit...].starts(with: wanted) { return true }
      position = hit + 1
    }
    return false
  }
}
