import Testing

@testable import Reports

@Suite struct LicenceExpressionTests {
  @Test(arguments: [
    "MIT", "GPL-2.0-or-later AND LGPL-2.1-or-later WITH GCC-exception-2.0 AND GPL-2.0-or-later",
    "(MIT OR Apache-2.0) AND BSD-3-Clause", "((MIT))", "GPL-2.0-only WITH Classpath-exception-2.0 OR MIT",
  ])
  func expressions(_ text: String) { #expect(LicenceExpression.isValid(text)) }

  @Test(arguments: [
    "", "GPLv2+", "MIT AND", "AND MIT", "MIT MIT", "(MIT", "MIT)", "()", "MIT or BSD-3-Clause", "MIT OR Mine",
    "MIT WITH MIT", "Classpath-exception-2.0", "(MIT) WITH LLVM-exception", "MIT WITH", "NOASSERTION",
    "MIT\n",
    "MIT WITH (LLVM-exception)", "MIT WITH LLVM-exception WITH LLVM-exception",
  ])
  func otherTexts(_ text: String) { #expect(!LicenceExpression.isValid(text)) }

  @Test func aLongTextIsNone() {
    #expect(!LicenceExpression.isValid(String(repeating: "(", count: 1_000_000)))
  }
}
