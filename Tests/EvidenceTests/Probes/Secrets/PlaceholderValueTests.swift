import Testing

@testable import Evidence

struct PlaceholderValueTests {
  @Test(arguments: [
    ("${TOKEN}", true), ("<your token>", true), ("changeme", true), ("my-fake-token", true),
    ("AKIAIOSFODNN7EXAMPLE", true), ("put the token of the example account here", true),
    ("not-a-real-token-of-the-production-account", true), ("Zq81kLmPw93xTuVb", false),
    ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", true),
    // Four letters come about by chance in a long random value.
    ("Zq81kLmPtODO93xTuVbfaKe0921kdjs8Kxxxx81kq", false),
  ])
  func placeholders(value: String, isPlaceholder expected: Bool) {
    #expect(isPlaceholder(Array(value.utf8)[...]) == expected)
  }
}
