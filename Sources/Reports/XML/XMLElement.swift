/// An element of an XML document.
struct XMLElement {
  let name: String
  let attributes: [(name: String, value: String)]
  let text: String
  var children: [XMLElement]

  /// An element with text or with elements in it.
  init(
    _ name: String, _ attributes: [(String, String)] = [], text: String = "", children: [XMLElement] = []
  ) {
    self.name = name
    self.attributes = attributes
    self.text = text
    self.children = children
  }

  /// The document whose root it is.
  var document: String {
    var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    write(to: &output, indentation: 0)
    return output
  }

  private func write(to output: inout String, indentation: Int) {
    let margin = String(repeating: " ", count: indentation)
    output += margin + "<" + name
    for attribute in attributes {
      output += " \(attribute.name)=\"\(escapedForXML(printable(attribute.value)))\""
    }
    if !children.isEmpty {
      output += ">\n"
      for child in children { child.write(to: &output, indentation: indentation + 2) }
      output += margin + "</\(name)>\n"
    } else if !text.isEmpty {
      output += ">" + escapedForXML(printableLines(text)) + "</\(name)>\n"
    } else {
      output += "/>\n"
    }
  }
}

/// Text of an XML document, of what `printable` has left; line feeds stay.
func escapedForXML(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy {
    $0 < 0x80 && $0 != UInt8(ascii: "&") && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
      && $0 != UInt8(ascii: "\"")
  }
  if isPlain { return text }
  return text.replacingScalars {
    switch $0 {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    // Noncharacters cannot stand in XML (XML 1.0, 2.2).
    case _ where $0.value & 0xfffe == 0xfffe: "\u{fffd}"
    default: nil
    }
  }
}
