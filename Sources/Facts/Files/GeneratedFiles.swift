import DiskImages

/// Files that maintainer scripts and their tools make on every system, so that no package lists them: what depmod,
/// update-initramfs, update-grub, ldconfig, update-alternatives, py3compile, systemd-hwdb and the caches of desktop
/// data write. Read from what installations of Debian 11 to 13 hold and their packages do not.
public struct GeneratedFiles: Sendable {
  private static let patterns = PathPatterns([
    "/usr/lib/modules/*/modules.*", "/lib/modules/*/modules.*", "/usr/lib/udev/hwdb.bin",
    "/lib/udev/hwdb.bin",
    "/boot/initrd.img-*", "/boot/initrd.img", "/boot/vmlinuz", "/boot/initrd.img.old", "/boot/vmlinuz.old",
    "/boot/grub/**", "/boot/grub2/**", "/boot/efi/**", "/boot/loader/**", "/boot/extlinux/**",
    "/usr/share/info/dir", "/usr/local/man", "/usr/lib/locale/locale-archive", "/usr/lib/locale/C.utf8/**",
    "/usr/lib/*/gconv/gconv-modules.cache", "/usr/lib/*/gdk-pixbuf-2.0/*/loaders.cache",
    "/usr/lib/*/gtk-*/**/immodules.cache", "/usr/lib/*/gio/modules/giomodule.cache",
    "/usr/share/glib-2.0/schemas/gschemas.compiled", "/usr/share/mime/**",
    "/usr/share/applications/mimeinfo.cache",
    "/usr/share/icons/*/icon-theme.cache", "/usr/share/icons/**/.icon-theme.cache",
    "/usr/share/fonts/**/.uuid",
    "/usr/share/texmf/ls-R", "/usr/share/vim/*/doc/tags", "/usr/share/emacs/site-lisp/**",
    "/usr/lib/php/**/.registry", "/usr/lib/jvm/*/lib/classlist.jsa", "/usr/lib/jvm/*/lib/server/classes.jsa",
  ])

  /// Whether the file, which no package lists, is one that tools make of packaged ones.
  public static func holds(_ entry: FileEntry, _ path: String, _ packages: PackagedFiles, _ index: FileIndex)
    -> Bool
  {
    if entry.type == .symbolicLink { return isLinkOfTool(entry, packages, index) }
    if path.hasSuffix(".pyc") { return isCompiled(entry, packages) }
    return patterns.match(path)
  }

  /// Links of update-alternatives, and those that ldconfig makes beside a library.
  private static func isLinkOfTool(_ entry: FileEntry, _ packages: PackagedFiles, _ index: FileIndex) -> Bool
  {
    let target = entry.linkTarget ?? ""
    if target.hasPrefix("/etc/alternatives/") { return true }
    if entry.name.contains(".so"), case .found(let library) = index.target(of: entry) {
      return library.parent == entry.parent && packages.owner(of: library) != nil
    }
    return patterns.match(entry.path)
  }

  /// `__pycache__/NAME.cpython-311.pyc` of a packaged NAME.py, or NAME.pyc beside it.
  private static func isCompiled(_ entry: FileEntry, _ packages: PackagedFiles) -> Bool {
    let name = entry.name
    let isCached = entry.parent.name == "__pycache__"
    let folder = isCached ? entry.parent.parent : entry.parent
    let stem = isCached ? String(name.dropLast(4).prefix { $0 != "." }) : String(name.dropLast(4))
    // A name can hold dots itself: NAME up to `.cpython-`.
    let full = name.range(of: ".cpython-").map { String(name[..<$0.lowerBound]) } ?? stem
    return folder.child(named: full + ".py").map { packages.owner(of: $0) != nil } ?? false
  }
}

extension String {
  /// Where the text stands, without Foundation.
  fileprivate func range(of text: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
