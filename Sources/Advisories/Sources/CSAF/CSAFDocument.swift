/// A CSAF 2.0 document (docs.oasis-open.org/csaf/csaf/v2.0), as far as advisories need it.
struct CSAFDocument {
  /// A product of the tree: a distribution, or a package.
  struct Product {
    var name: String
    var cpe: String?
    var purl: String?
  }

  /// A package as a part of a distribution, under a product id of its own.
  struct Relationship {
    var component: String
    var platform: String
  }

  struct Vulnerability {
    var cve: String?
    var title: String?
    var published: String?
    var vectors: [String] = []
    var references: [String] = []
    /// Product ids by status.
    var fixed: [String] = []
    var affected: [String] = []
    var notAffected: [String] = []
    var investigated: [String] = []
    /// Why there is no fix, by product id.
    var unfixed: [String: String] = [:]
    /// The vendor's severity of single products, where it is not that of the document.
    var severities: [String: String] = [:]
  }

  var id = ""
  var title = ""
  var category = ""
  var severity: String?
  var published: String?
  var products: [String: Product] = [:]
  var relationships: [String: Relationship] = [:]
  var vulnerabilities: [Vulnerability] = []

  /// Branches within branches; Red Hat has four.
  private static let depth = 32

  init(_ file: AdvisoryFile) throws(AdvisoryError) {
    var scanner = try JSONScanner(file)
    var tree: JSONScanner?
    var flaws: JSONScanner?
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "document" where scanner.isAtObject: try readHeader(&scanner)
      case "product_tree" where scanner.isAtObject:
        tree = scanner
        try scanner.skip()
      case "vulnerabilities" where scanner.isAtList:
        flaws = scanner
        try scanner.skip()
      default: try scanner.skip()
      }
    }
    try scanner.finish()
    if var tree { try readTree(&tree, file.name) }
    guard var flaws else { return }
    try flaws.beginList()
    while try flaws.nextElement() {
      guard flaws.isAtObject else {
        try flaws.skip()
        continue
      }
      vulnerabilities.append(try Vulnerability(&flaws, severity: severity))
    }
  }

  private mutating func readHeader(_ scanner: inout JSONScanner) throws(AdvisoryError) {
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "category": category = try scanner.text() ?? ""
      case "title": title = try scanner.text(limit: AdvisoryLimits.summary) ?? ""
      case "aggregate_severity" where scanner.isAtObject:
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
          if key == "text" { severity = try scanner.text() } else { try scanner.skip() }
        }
      case "tracking" where scanner.isAtObject:
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
          switch key {
          case "id": id = try scanner.text() ?? ""
          case "initial_release_date": published = try scanner.text().flatMap(AdvisoryText.day)
          default: try scanner.skip()
          }
        }
      default: try scanner.skip()
      }
    }
  }

  // MARK: Products

  private mutating func readTree(_ scanner: inout JSONScanner, _ file: String) throws(AdvisoryError) {
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "branches" where scanner.isAtList: try readBranches(&scanner, file, depth: 0)
      case "full_product_names" where scanner.isAtList:
        try scanner.beginList()
        while try scanner.nextElement() { try readProduct(&scanner) }
      case "relationships" where scanner.isAtList:
        try scanner.beginList()
        while try scanner.nextElement() { try readRelationship(&scanner) }
      default: try scanner.skip()
      }
    }
  }

  private mutating func readBranches(
    _ scanner: inout JSONScanner, _ file: String, depth: Int
  ) throws(AdvisoryError) {
    guard depth < Self.depth else {
      throw AdvisoryError("\(file): more than \(Self.depth) branches within branches")
    }
    try scanner.beginList()
    while try scanner.nextElement() {
      guard scanner.isAtObject else {
        try scanner.skip()
        continue
      }
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "branches" where scanner.isAtList: try readBranches(&scanner, file, depth: depth + 1)
        case "product": try readProduct(&scanner)
        default: try scanner.skip()
        }
      }
    }
  }

  private mutating func readProduct(_ scanner: inout JSONScanner) throws(AdvisoryError) {
    guard scanner.isAtObject else { return try scanner.skip() }
    var id: String?
    var product = Product(name: "")
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "product_id": id = try scanner.text()
      case "name": product.name = try scanner.text() ?? ""
      case "product_identification_helper" where scanner.isAtObject:
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
          switch key {
          case "cpe": product.cpe = try scanner.text()
          case "purl": product.purl = try scanner.text()
          default: try scanner.skip()
          }
        }
      default: try scanner.skip()
      }
    }
    if let id { products[id] = product }
  }

  private mutating func readRelationship(_ scanner: inout JSONScanner) throws(AdvisoryError) {
    guard scanner.isAtObject else { return try scanner.skip() }
    var id: String?
    var component: String?
    var platform: String?
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "product_reference": component = try scanner.text()
      case "relates_to_product_reference": platform = try scanner.text()
      case "full_product_name" where scanner.isAtObject:
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
          if key == "product_id" { id = try scanner.text() } else { try scanner.skip() }
        }
      default: try scanner.skip()
      }
    }
    guard let id, let component, let platform else { return }
    relationships[id] = Relationship(component: component, platform: platform)
  }
}
