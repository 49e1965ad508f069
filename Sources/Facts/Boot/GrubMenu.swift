import Evidence

/// What a configuration of GRUB comes to: the menu, the variables, who may do what.
struct GrubMenu: Sendable {
  /// An item of the menu.
  struct Item: Sendable {
    var title: String
    var id: String?
    var isSubmenu = false
    var children: [Item] = []
    /// Kernels that the item boots; none for firmware settings, memory tests and chain loaders.
    var kernels: [BootEntry] = []
    /// Whether the item stands for the entries of the boot loader specification, which `blscfg` reads.
    var isLoaderEntries = false
  }

  /// A `password` or `password_pbkdf2` command.
  struct Password: Sendable, Hashable {
    var user: String
    var isHashed: Bool
    /// Whether a condition that only the running GRUB can decide leads there.
    var isUncertain: Bool
    var origin: Origin
  }

  var items: [Item] = []
  var variables: [String: String] = [:]
  var superusers: Effective<String>?
  /// Whether a condition that only the running GRUB can decide leads to what sets the superusers.
  var isSuperuserUncertain = false
  var passwords: [Password] = []
  /// Files that were read, the main one first.
  var files: [String] = []
  /// Files that the configuration reads and that are not in the evidence.
  var unread: [EvidenceGap] = []

  /// Every kernel of the menu, in its order; `blscfg` is replaced by the entries that it would list.
  func kernels(loaderEntries: [BootEntry]) -> [BootEntry] {
    Self.kernels(of: items, loaderEntries)
  }

  private static func kernels(of items: [Item], _ loaderEntries: [BootEntry]) -> [BootEntry] {
    items.flatMap { item in
      (item.isLoaderEntries ? loaderEntries : item.kernels) + kernels(of: item.children, loaderEntries)
    }
  }

  /// Whether `blscfg` is run.
  var usesLoaderEntries: Bool {
    items.contains { $0.isLoaderEntries || $0.children.contains { $0.isLoaderEntries } }
  }

  /// Whether the configuration has a menu, and is no mere pointer to another one.
  var isMenu: Bool { !items.isEmpty }

  /// The kernel that boots if nobody chooses: `default` names an item by number, id or title, and one in a
  /// submenu by `SUBMENU>ITEM` (GRUB manual, "default"). Without it, and if it names nothing, the first item.
  func defaultKernel(loaderEntries: [BootEntry]) -> BootEntry? {
    var items = items.flatMap { item -> [Item] in
      guard item.isLoaderEntries else { return [item] }
      return loaderEntries.map { Item(title: $0.title, id: $0.identifier, kernels: [$0]) }
    }
    var chosen: Item?
    for step in (variables["default"] ?? "").split(separator: ">").prefix(8) {
      let name = String(step).trimmingBlanksAndLineFeeds()
      guard let item = Self.item(name, in: items) else { break }
      chosen = item
      items = item.children
    }
    var item = chosen ?? items.first
    var depth = 0
    while let submenu = item, submenu.isSubmenu, depth < 8 {
      item = submenu.children.first
      depth += 1
    }
    return item?.kernels.last
  }

  private static func item(_ name: String, in items: [Item]) -> Item? {
    if let number = Int(name) { return items.indices.contains(number) ? items[number] : nil }
    return items.first { $0.id == name || $0.id == name + ".conf" || $0.title == name }
  }

  /// Users that may change entries and boot what is restricted. Nil if everybody may.
  var superuserNames: [String]? {
    guard let value = superusers?.value else { return nil }
    let names = value.split { " ,;&|".contains($0) }.map(String.init)
    return names.isEmpty ? nil : names
  }
}
