import DiskImages
import Evidence

/// MariaDB and MySQL: bind-address, by default every address; none at all with skip-networking.
enum MariaDBListeners: ListenerSource {
  static let daemon = "mysqld"
  static let units = MySQLOptions.units
  static let needs = MySQLOptions.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { MySQLOptions.furtherNeeds(evidence) }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let options = try MySQLOptions(
      context.command(), context.evidence, release: context.packages?.release(MySQLOptions.mariaDB))
    if options.values["skip-networking"].map({ MySQLOptions.isOn($0.value) }) == true { return [] }
    let bound = options.values["bind-address"]
    let port = options.values["port"].flatMap { Int($0.value) } ?? 3306
    return ListenerContext.Socket.each(
      "tcp", of: bound?.value.split(separator: ",").map { String($0.trimmingBlanks()) } ?? ["*"], port: port,
      bound?.origin ?? .compiledDefault("mysqld(8), bind-address"))
  }
}

/// PostgreSQL: listen_addresses, by default localhost; an instance of Debian's unit is one cluster.
enum PostgreSQLListeners: ListenerSource {
  static let daemon = "postgres"
  static let units = PostgreSQLConfig.units
  static let needs = PostgreSQLConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { PostgreSQLConfig.furtherNeeds(evidence) }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let cluster =
      context.unit.name.instance.flatMap { PostgreSQLConfig.Cluster(instance: $0) }
      ?? PostgreSQLConfig.others(context.evidence).last
    // Debian's postgresql.service only groups the clusters.
    guard let cluster else { return [] }
    let config = try PostgreSQLConfig(cluster, context.evidence)
    let origin =
      config.values["listen_addresses"]?.origin ?? .compiledDefault("postgresql.conf, listen_addresses")
    let port = config.values["port"].flatMap { Int($0.value) } ?? 5432
    return ListenerContext.Socket.each("tcp", of: config.addresses, port: port, origin)
  }
}

/// Redis and Valkey: `bind`, by default every address; `port 0` is none (redis.conf).
enum RedisListeners: ListenerSource {
  static let daemon = "redis-server"
  static let units = RedisConfig.units
  static let needs = RedisConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { RedisConfig.furtherNeeds(evidence) }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let config = try RedisConfig(context.command(), context.evidence)
    let origin = config?.values["bind"]?.origin ?? .compiledDefault("redis.conf, bind")
    return [("port", 6379), ("tls-port", 0)].flatMap { name, usual in
      let port = config?.values[name].flatMap { Int($0.value) } ?? usual
      return port == 0
        ? [] : ListenerContext.Socket.each("tcp", of: config?.addresses ?? ["*"], port: port, origin)
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
