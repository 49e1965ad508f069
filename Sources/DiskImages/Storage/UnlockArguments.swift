/// What a kernel's command line tells an initial file system about encrypted volumes: which it opens, under which name,
/// with which key file.
///
/// `luks.*` and `rd.luks.*` are systemd's (systemd-cryptsetup-generator(8)) and dracut's (dracut.cmdline(7)),
/// `cryptdevice=` and `cryptkey=` those of mkinitcpio's hook `encrypt`, `cryptroot=`, `cryptdm=` and `cryptkey` those of
/// Alpine's mkinitfs.
public struct UnlockArguments: Sendable, Hashable {
  /// A volume that is opened.
  public struct Volume: Sendable, Hashable {
    /// What appears in /dev/mapper.
    public var name: String
    /// As a line of crypttab would give it: `UUID=…` or a device.
    public var source: String
    /// As crypttab(5) has them.
    public var options: [String] = []
    /// The argument that names it.
    public var word: String
  }

  /// A key file that opens one of the volumes, or all.
  public struct KeyFile: Sendable, Hashable {
    public var path: String
    /// The device that holds it; nil: it lies in the initial file system or, for what is opened later, on the root file
    /// system.
    public var device: String?
    /// The UUID of the volume; nil for all.
    public var volume: String?
    public var word: String
  }

  /// A part of a device, without a file system, that is a key.
  public struct RawKey: Sendable, Hashable {
    public var device: String
    public var word: String
  }

  public private(set) var volumes: [Volume] = []
  public private(set) var keyFiles: [KeyFile] = []
  public private(set) var rawKeys: [RawKey] = []
  private static let limit = 256

  /// - Parameter words: the arguments of one command line, in their order.
  public init(_ words: some Sequence<String>) {
    var options: [(uuid: String?, list: [String])] = []
    var alpine: (device: String, word: String)?
    var alpineName: String?
    for word in words.prefix(4096) where volumes.count < Self.limit && keyFiles.count < Self.limit {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let value = parts.count > 1 ? parts[1] : ""
      switch parts.first?.replacing("_", with: "-") {
      case "luks.uuid", "rd.luks.uuid": addUUID(value, word)
      case "luks.name", "rd.luks.name": addName(value, word)
      case "luks.key", "rd.luks.key": addKey(value, word)
      case "luks.options", "rd.luks.options":
        let (uuid, rest) = Self.assigned(value)
        options.append((uuid, rest.split(separator: ",").map(String.init)))
      case "cryptdevice": addDevice(value, word)
      case "cryptkey": addArchKey(value, word)
      case "cryptroot" where !value.isEmpty: alpine = (value, word)
      case "cryptdm" where !value.isEmpty: alpineName = value
      default: continue
      }
    }
    if let alpine, let alpineName {
      volumes.append(Volume(name: alpineName, source: alpine.device, word: alpine.word))
    }
    for index in volumes.indices {
      volumes[index].options += options.filter {
        $0.uuid == nil || volumes[index].source == "UUID=\($0.uuid ?? "")"
      }
      .flatMap(\.list)
    }
  }

  /// `UUID=REST`, where UUID is one; else nil and the whole.
  private static func assigned(_ value: String) -> (uuid: String?, rest: String) {
    guard let equals = value.firstIndex(of: "="), isUUID(value[..<equals]) else { return (nil, value) }
    return (value[..<equals].lowercased(), String(value[value.index(after: equals)...]))
  }

  private static func isUUID(_ text: Substring) -> Bool {
    text.utf8.count == 36 && text.allSatisfy { $0 == "-" || $0.isHexDigit }
  }

  /// systemd takes `luks-UUID` for the UUID, and names the volume so.
  private mutating func addUUID(_ value: String, _ word: String) {
    let uuid = (value.hasPrefix("luks-") ? String(value.dropFirst(5)) : value).lowercased()
    guard !uuid.isEmpty, !volumes.contains(where: { $0.source == "UUID=\(uuid)" }) else { return }
    volumes.append(Volume(name: "luks-\(uuid)", source: "UUID=\(uuid)", word: word))
  }

  private mutating func addName(_ value: String, _ word: String) {
    guard case (let uuid?, let name) = Self.assigned(value), !name.isEmpty else { return }
    volumes.removeAll { $0.source == "UUID=\(uuid)" }
    volumes.append(Volume(name: name, source: "UUID=\(uuid)", word: word))
  }

  /// systemd: `[UUID=]PATH[:DEVICE]`; dracut: `PATH[:DEVICE[:VOLUME]]`.
  private mutating func addKey(_ value: String, _ word: String) {
    let (uuid, rest) = Self.assigned(value)
    let parts = rest.split(separator: ":").map(String.init)
    guard let path = parts.first, path.hasPrefix("/") else { return }
    keyFiles.append(
      KeyFile(path: path, device: parts.count > 1 ? parts[1] : nil, volume: uuid, word: word))
  }

  /// `DEVICE:NAME[:OPTIONS]`.
  private mutating func addDevice(_ value: String, _ word: String) {
    let parts = value.split(separator: ":").map(String.init)
    guard parts.count > 1 else { return }
    volumes.append(Volume(name: parts[1], source: parts[0], word: word))
  }

  /// mkinitcpio: `rootfs:PATH`, `DEVICE:TYPE:PATH`, `DEVICE:OFFSET:SIZE`; mkinitfs: a path, or nothing for the usual one.
  private mutating func addArchKey(_ value: String, _ word: String) {
    let parts = value.split(separator: ":").map(String.init)
    switch parts.count {
    case 0: keyFiles.append(KeyFile(path: "/crypto_keyfile.bin", word: word))
    case 1 where value.hasPrefix("/") && !value.hasPrefix("/dev/"):
      keyFiles.append(KeyFile(path: value, word: word))
    case 2 where parts[0] == "rootfs" && parts[1].hasPrefix("/"):
      keyFiles.append(KeyFile(path: parts[1], word: word))
    case 3 where parts[2].hasPrefix("/"):
      keyFiles.append(KeyFile(path: parts[2], device: parts[0], word: word))
    case 3: rawKeys.append(RawKey(device: parts[0], word: word))
    default: return
    }
  }
}
