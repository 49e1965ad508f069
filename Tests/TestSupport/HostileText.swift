/// Texts that attack a terminal, a table, a page or a log.
public enum HostileText {
  public static let texts = [
    "\u{1b}[2J\u{1b}]0;owned\u{07}", "\u{9b}31m", "a\nb\r\nc", "\u{202e}gnp.exe", "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0", "]]>", "|\u{2028}`code`", "\u{0}\u{7f}", "-1+2\t3", "\u{e0041}\u{200b}",
    "\u{fffd}\u{2066}x", "::error::gone", "##[add-mask]x", "[a](http://x) {0} @all",
    "@SUM(1)", "+1", "\u{ffff}\u{d7ff}", "--><!--", "' OR 1 --",
    // Marks that combine with what a format looks for.
    "=\u{301}1", "a\"\u{301},b\u{301}", "|\u{301}`\u{301}", "<\u{301}b>\u{301}",
    "[\u{301}x]\u{301}(y){\u{301}z}",
  ]

  /// What must not appear raw in a text for a terminal.
  public static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }
}
