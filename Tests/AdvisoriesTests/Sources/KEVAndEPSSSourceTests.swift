import Advisories
import Testing

/// The shapes were checked against `known_exploited_vulnerabilities.json` and `.csv` in github.com/cisagov/kev-data.
struct KEVSourceTests {
  private static let catalogue = """
    {
        "title": "CISA Catalog of Known Exploited Vulnerabilities",
        "catalogVersion": "2025.02.25",
        "dateReleased": "2025-02-25T20:33:53.3676Z",
        "count": 2,
        "vulnerabilities": [
            {"cveID": "CVE-2023-34192", "vendorProject": "Synacor", "dateAdded": "2025-02-25",
             "shortDescription": "the \\/h\\/autoSaveDraft function", "dueDate": "2025-03-18",
             "knownRansomwareCampaignUse": "Unknown", "cwes": ["CWE-79"]},
            {"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10", "knownRansomwareCampaignUse": "Known"},
            {"vendorProject": "Nobody", "dateAdded": "2021-12-10"},
            {"cveID": "CVE-2021-44229"}
        ]
    }
    """

  private static let expected: [TakenRecords.Exploited] = [
    .init(cve: "CVE-2023-34192", added: "2025-02-25", due: "2025-03-18", ransomware: false),
    .init(cve: "CVE-2021-44228", added: "2021-12-10", due: nil, ransomware: true),
  ]

  @Test func readsTheCatalogue() throws {
    let taken = try TakenRecords(KEVSource.self, Self.catalogue)
    #expect(taken.exploited == Self.expected)
    #expect(taken.dates == ["2025-02-25T20:33:53.3676Z"])
    #expect(taken.skipped == [": an entry without a CVE number", "CVE-2021-44229: an entry without a date"])
  }

  @Test func readsTheTable() throws {
    let taken = try TakenRecords(
      KEVSource.self,
      """
      cveID,vendorProject,dateAdded,shortDescription,dueDate,knownRansomwareCampaignUse\r
      CVE-2023-34192,Synacor,2025-02-25,"Says ""hello"",\r
      on two lines",2025-03-18,Unknown\r
      "CVE-2021-44228",Apache,2021-12-10,,,Known\r
      """)
    #expect(taken.exploited == Self.expected)
  }

  @Test(arguments: [
    (String(catalogue.dropLast(2)), "cut off"),
    ("cveID,dateAdded\nCVE-2021-44228,\"2021", "ends in the middle of a field"),
  ])
  func saysThatAFileIsCutOff(text: String, reason: String) {
    #expect(problem(KEVSource.self, text)?.contains(reason) == true)
  }
}

/// The shape was checked against the daily files that FIRST publishes, as quoted in several public importers
/// (`#model_version:v2025.03.14,score_date:2026-09-25T00:00:00+0000`).
struct EPSSSourceTests {
  @Test func readsProbabilities() throws {
    let taken = try TakenRecords(
      EPSSSource.self,
      """
      #model_version:v2025.03.14,score_date:2026-09-25T00:00:00+0000
      cve,epss,percentile
      CVE-2021-44228,0.97565,0.99992
      CVE-1999-0001,0.0,0.1\r
      CVE-2024-0001,1.5,0.1
      CVE-2024-0002,nan,0.1
      CVE-2024-0003
      oops,0.1,0.1
      """)
    #expect(taken.probabilities == ["CVE-2021-44228": 0.97565, "CVE-1999-0001": 0])
    #expect(taken.dates == ["2026-09-25T00:00:00+0000"])
    #expect(
      taken.skipped == [
        "CVE-2024-0001: not a probability", "CVE-2024-0002: not a probability",
        "CVE-2024-0003: not a probability", "oops: a line without a CVE number",
      ])
  }

  @Test func refusesATableOfOtherColumns() {
    #expect(problem(EPSSSource.self, "#model_version:v1\na,b\n1,2\n")?.contains("'cve' and 'epss'") == true)
  }
}
