import Evidence
import Foundation
import Mustache

/// A page that stands alone: one file that asks no network for anything and runs no script but its own.
///
/// Style, script and templates are compiled into the program, so that it needs no folder of resources. A
/// Content-Security-Policy names the digests of the one style and the one script: were text of a guest ever
/// taken for markup, the browser would still run and load nothing of it.
package struct HTMLPage {
  private var library = MustacheLibrary()
  private let style: String
  private let script: String

  /// - Parameters:
  ///   - templates: by the names under which they include one another; those of `shared` are there.
  ///   - style: what the page needs beside the style that all pages share.
  package init(_ templates: [String: [UInt8]], style: [UInt8] = []) throws {
    MustacheContentTypes.register(InertText(), named: InertText.name)
    for (name, template) in templates.merging(Self.shared, uniquingKeysWith: { own, _ in own }) {
      let text = "{{% CONTENT_TYPE:\(InertText.name)}}\n" + String(decoding: template, as: UTF8.self)
      try library.register(text, named: name)
    }
    self.style = String(decoding: PackageResources.page_css + style, as: UTF8.self)
    script = String(decoding: PackageResources.page_js, as: UTF8.self)
  }

  /// The page.
  ///
  /// - Parameters:
  ///   - template: the name of the template that makes its body of the view.
  ///   - tool: the program that made what is shown.
  package func render(_ template: String, title: String, tool: Report.Tool, _ view: HTMLView) -> String {
    let page: HTMLView = [
      "pageTitle": title, "generator": "\(tool.name) \(tool.version)", "policy": policy, "style": style,
      "script": script, "template": template, "content": view,
    ]
    return library.render(page, withTemplate: "page") ?? ""
  }

  private static let shared: [String: [UInt8]] = [
    "page": PackageResources.page_mustache, "dial": PackageResources.dial_mustache,
    "verdict": PackageResources.verdict_mustache, "severities": PackageResources.severities_mustache,
  ]

  private var policy: String {
    [
      "default-src 'none'", "style-src '\(Self.source(style))'", "script-src '\(Self.source(script))'",
      "img-src data:", "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")
  }

  /// A source expression of the Content Security Policy (level 3, 2.3.1).
  private static func source(_ text: String) -> String {
    "sha256-" + Data(SHA256.digest(Array(text.utf8))).base64EncodedString()
  }
}
