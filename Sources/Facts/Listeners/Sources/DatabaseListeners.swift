import DiskImages
import Evidence

/// MariaDB and MySQL: bind-address, by default every address; none at all with skip-networking.
enum MariaDBListeners: ListenerSource {
  static let daemon = "mysqld"
  static let units = ["mariadb.service", "mysql.service", "mysqld.service"]
  static let needs: [ContentNeed] = [
    "/etc/my.cnf", "/etc/my.cnf.d/*.cnf", "/etc/mysql/*.cnf", "/etc/mysql/*.d/*.cnf",
  ]
  private static let groups: Set<String> = ["mysqld", "server", "mariadb", "mariadbd", "mysqld_safe"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var reader = Reader(context: context)
    for path in ["/etc/my.cnf", "/etc/mysql/my.cnf"] { try reader.read(path, depth: 0) }
    if reader.isSilent { return [] }
    let bound = reader.values["bind-address"]
    let port = reader.values["port"].flatMap { Int($0.value) } ?? 3306
    let origin = bound?.origin ?? .compiledDefault("mysqld(8), bind-address")
    return ListenerContext.Socket.each(
      "tcp", of: bound?.value.split(separator: ",").map { String($0.trimmingBlanks()) } ?? ["*"], port: port,
      origin)
  }

  private struct Reader {
    let context: ListenerContext
    var values: [String: (value: String, origin: Origin)] = [:]
    var isSilent = false

    init(context: ListenerContext) { self.context = context }

    mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
      guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
      var group = ""
      for line in try context.lines(path, comments: "#;") {
        if line.text.hasPrefix("[") {
          group = String(line.text.dropFirst().prefix { $0 != "]" })
        } else if line.words.count >= 2, line.words[0] == "!includedir" {
          for entry in try context.evidence.entries(matching: GlobPattern("\(line.words[1])/*.cnf")) {
            try read(entry.path, depth: depth + 1)
          }
        } else if line.words.count >= 2, line.words[0] == "!include" {
          try read(line.words[1], depth: depth + 1)
        } else if MariaDBListeners.groups.contains(group) || group.hasPrefix("mariadb-") {
          let (key, value) = line.assignment ?? (line.text, "")
          let name = key.replacing("_", with: "-")
          if name == "skip-networking" { isSilent = !["0", "off", "false"].contains(value.lowercased()) }
          values[name] = (value, line.origin)
        }
      }
    }
  }
}

/// PostgreSQL: listen_addresses, by default localhost; an instance of Debian's unit is one cluster.
enum PostgreSQLListeners: ListenerSource {
  static let daemon = "postgres"
  static let units = ["postgresql@.service", "postgresql.service"]
  static let needs: [ContentNeed] = [
    "/etc/postgresql/*/*/postgresql.conf", "/etc/postgresql/*/*/conf.d/*.conf",
    "/var/lib/pgsql/data/postgresql.conf",
    "/var/lib/postgres/data/postgresql.conf",
  ]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var folder: String?
    if let instance = context.unit.name.instance, let dash = instance.firstIndex(of: "-") {
      folder = "/etc/postgresql/\(instance[..<dash])/\(instance[instance.index(after: dash)...])"
    } else {
      for path in ["/var/lib/pgsql/data", "/var/lib/postgres/data"]
      where try context.evidence.entry(at: path + "/postgresql.conf") != nil {
        folder = path
      }
    }
    // Debian's postgresql.service only groups the clusters.
    guard let folder else { return [] }
    var address = (value: "localhost", origin: Origin.compiledDefault("postgresql.conf, listen_addresses"))
    var port = 5432
    for line in try context.lines(folder + "/postgresql.conf")
      + context.lines(matching: folder + "/conf.d/*.conf")
    {
      let text = line.text.prefix { $0 != "#" }
      let words = text.split { " \t='".contains($0) }.map(String.init)
      guard let key = words.first?.lowercased() else { continue }
      if key == "listen_addresses" { address = (words.dropFirst().joined(separator: " "), line.origin) }
      if key == "port", words.count > 1 { port = Int(words[1]) ?? port }
    }
    return address.value.split { $0 == "," || $0 == " " }.map {
      .init(
        transport: "tcp", address: SocketAddress(address: String($0), port: nil).address, port: port,
        origin: address.origin)
    }
  }
}

/// Redis and Valkey: `bind`, by default every address; `port 0` is none (redis.conf).
enum RedisListeners: ListenerSource {
  static let daemon = "redis-server"
  static let units = ["redis-server.service", "redis.service", "valkey.service", "valkey-server.service"]
  private static let paths = [
    "/etc/redis/redis.conf", "/etc/redis.conf", "/etc/valkey/valkey.conf",
  ]
  static let needs: [ContentNeed] = paths.map { ContentNeed($0) }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var addresses: (list: [String], origin: Origin) = (["*"], .compiledDefault("redis.conf, bind"))
    var port = 6379
    var tlsPort = 0
    for path in paths {
      for line in try context.lines(path) where line.words.count >= 2 {
        switch line.words[0].lowercased() {
        // A leading hyphen: it does not matter if the address is not there.
        case "bind":
          addresses = (
            line.words.dropFirst().map { $0.hasPrefix("-") ? String($0.dropFirst()) : $0 }, line.origin
          )
        case "port": port = Int(line.words[1]) ?? port
        case "tls-port": tlsPort = Int(line.words[1]) ?? tlsPort
        default: continue
        }
      }
    }
    return [port, tlsPort].filter { $0 != 0 }.flatMap { number in
      ListenerContext.Socket.each("tcp", of: addresses.list, port: number, addresses.origin)
    }
  }
}

/// memcached: `-l`, by default every address; TCP on `-p`, UDP only with `-U` (memcached(1)).
enum MemcachedListeners: ListenerSource {
  static let daemon = "memcached"
  static let units = ["memcached.service", "memcached@.service"]
  static let needs: [ContentNeed] = ["/etc/memcached.conf", "/etc/sysconfig/memcached"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var addresses: [String] = []
    var origin = Origin.compiledDefault("memcached(1), -l")
    var port = 11211
    var udpPort = 0
    var words = try context.command().words
    for line in try context.lines("/etc/memcached.conf") {
      words += line.words
      if line.text.hasPrefix("-l") { origin = line.origin }
    }
    for (position, word) in words.enumerated() {
      let next = position + 1 < words.count ? words[position + 1] : ""
      func value(_ option: String) -> String? {
        word == option
          ? next : (word.hasPrefix(option + "=") ? String(word.dropFirst(option.count + 1)) : nil)
      }
      if let list = value("-l") ?? value("--listen") {
        addresses += list.split(separator: ",").map(String.init)
      }
      if let number = value("-p") ?? value("--port") { port = Int(number) ?? port }
      if let number = value("-U") ?? value("--udp-port") { udpPort = Int(number) ?? udpPort }
    }
    let list = addresses.isEmpty ? ["*"] : addresses
    return [("tcp", port), ("udp", udpPort)].filter { $0.1 != 0 }.flatMap { transport, number in
      list.map {
        .init(transport: transport, address: SocketAddress($0).address, port: number, origin: origin)
      }
    }
  }
}

/// slapd: the URLs of SLAPD_SERVICES or of `-h`; by default ldap:/// (slapd(8)).
enum OpenLDAPListeners: ListenerSource {
  static let daemon = "slapd"
  static let units = ["slapd.service"]
  static let needs: [ContentNeed] = ["/etc/default/slapd", "/etc/sysconfig/slapd"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let words = try context.command(["/etc/default/slapd", "/etc/sysconfig/slapd"]).arguments.flatMap {
      word in
      // All URLs are one argument.
      word.value.split(separator: " ").map { (text: $0, origin: word.origin) }
    }
    let urls = words.filter { $0.text.hasPrefix("ldap://") || $0.text.hasPrefix("ldaps://") }
    if urls.isEmpty && !words.contains(where: { $0.text.hasPrefix("ldapi:") }) {
      return [context.usual("tcp", "*", 389, "slapd(8)")]
    }
    return urls.map { url, origin in
      let isTLS = url.hasPrefix("ldaps")
      let address = SocketAddress(url.dropFirst(isTLS ? 8 : 7).prefix { $0 != "/" })
      return .init(
        transport: "tcp", address: address.address, port: address.port ?? (isTLS ? 636 : 389), origin: origin)
    }
  }
}
