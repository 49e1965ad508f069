/// When support of a distribution's releases ends, as published on or before 2026-11-24.
///
/// Sources: Debian and Ubuntu from distro-info-data 0.58+deb12u7 (debian.csv, ubuntu.csv); Red Hat Enterprise
/// Linux from Red Hat's life cycle page (end of maintenance, extended life-cycle support); CentOS, Rocky, Alma and
/// Oracle, Fedora, Alpine, SUSE and Amazon from those projects' own life cycle pages. A release that is not listed
/// has no date that is known here: the question is then undecided.
enum SupportDatesData {
  /// `ID VERSION LEVEL=DATE…`, one release a line.
  static let table = """
    debian 7 regular=2016-04-25 lts=2018-05-31 paid=2020-06-30
    debian 8 regular=2018-06-17 lts=2020-06-30 paid=2025-06-30
    debian 9 regular=2020-07-18 lts=2022-06-30 paid=2027-06-30
    debian 10 regular=2022-09-10 lts=2024-06-30 paid=2029-06-30
    debian 11 regular=2024-08-14 lts=2026-08-31 paid=2031-06-30
    debian 12 regular=2026-07-11 lts=2028-06-30 paid=2033-06-30
    debian 13 regular=2028-08-09 lts=2030-06-30 paid=2035-06-30
    ubuntu 14.04 regular=2019-04-25 subscription=2024-04-25 paid=2026-04-28
    ubuntu 14.10 regular=2015-07-23
    ubuntu 15.04 regular=2016-02-04
    ubuntu 15.10 regular=2016-07-28
    ubuntu 16.04 regular=2021-04-30 subscription=2026-04-23 paid=2028-04-25
    ubuntu 16.10 regular=2017-07-20
    ubuntu 17.04 regular=2018-01-13
    ubuntu 17.10 regular=2018-07-19
    ubuntu 18.04 regular=2023-05-31 subscription=2028-04-26 paid=2030-04-30
    ubuntu 18.10 regular=2019-07-18
    ubuntu 19.04 regular=2020-01-23
    ubuntu 19.10 regular=2020-07-17
    ubuntu 20.04 regular=2025-05-29 subscription=2030-04-23 paid=2032-04-27
    ubuntu 20.10 regular=2021-07-22
    ubuntu 21.04 regular=2022-01-20
    ubuntu 21.10 regular=2022-07-14
    ubuntu 22.04 regular=2027-06-01 subscription=2032-04-21 paid=2034-04-25
    ubuntu 22.10 regular=2023-07-20
    ubuntu 23.04 regular=2024-01-25
    ubuntu 23.10 regular=2024-07-11
    ubuntu 24.04 regular=2029-05-31 subscription=2034-04-25 paid=2036-04-29
    ubuntu 24.10 regular=2025-07-10
    ubuntu 25.04 regular=2026-01-15
    ubuntu 25.10 regular=2026-07-09
    ubuntu 26.04 regular=2031-05-29 subscription=2036-04-23 paid=2038-04-27
    ubuntu 26.10 regular=2027-07-15
    rhel 6 regular=2020-11-30 paid=2024-06-30
    rhel 7 regular=2024-06-30 paid=2028-06-30
    rhel 8 regular=2029-05-31 paid=2032-05-31
    rhel 9 regular=2032-05-31 paid=2035-05-31
    rhel 10 regular=2035-05-31 paid=2038-05-31
    centos 6 regular=2020-11-30
    centos 7 regular=2024-06-30
    centos 8 regular=2024-05-31
    centos 9 regular=2027-05-31
    rocky 8 regular=2029-05-31
    rocky 9 regular=2032-05-31
    rocky 10 regular=2035-05-31
    almalinux 8 regular=2029-05-31
    almalinux 9 regular=2032-05-31
    almalinux 10 regular=2035-05-31
    ol 7 regular=2024-12-31 paid=2028-06-30
    ol 8 regular=2029-07-31 paid=2032-07-31
    ol 9 regular=2032-06-30 paid=2035-06-30
    fedora 36 regular=2023-05-16
    fedora 37 regular=2023-12-05
    fedora 38 regular=2024-05-21
    fedora 39 regular=2024-11-26
    fedora 40 regular=2025-05-13
    fedora 41 regular=2025-12-15
    alpine 3.10 regular=2021-05-01
    alpine 3.11 regular=2021-11-01
    alpine 3.12 regular=2022-05-01
    alpine 3.13 regular=2022-11-01
    alpine 3.14 regular=2023-05-01
    alpine 3.15 regular=2023-11-01
    alpine 3.16 regular=2024-05-23
    alpine 3.17 regular=2024-11-22
    alpine 3.18 regular=2025-05-09
    alpine 3.19 regular=2025-11-01
    alpine 3.20 regular=2026-04-01
    alpine 3.21 regular=2026-11-01
    alpine 3.22 regular=2027-05-01
    sles 12.5 regular=2024-10-31 paid=2027-10-31
    sles 15.3 regular=2022-12-31 paid=2025-12-31
    sles 15.4 regular=2023-12-31 paid=2026-12-31
    sles 15.5 regular=2024-12-31 paid=2027-12-31
    sles 15.6 regular=2025-12-31 paid=2028-12-31
    sles 15.7 regular=2031-07-31 paid=2034-07-31
    opensuse-leap 15.4 regular=2023-12-07
    opensuse-leap 15.5 regular=2024-12-31
    opensuse-leap 15.6 regular=2026-04-30
    amzn 2018.03 regular=2023-12-31
    amzn 2 regular=2026-06-30
    amzn 2023 regular=2029-06-30
    """

  /// Distributions without releases: the current state is supported.
  static let rolling: Set<String> = ["arch", "opensuse-tumbleweed", "void", "gentoo"]

  /// What the levels beyond the regular one ask for, by distribution.
  static let needs: [String: [SupportLevel: String]] = [
    "debian": [
      .lts: "the suite of the security archive stays enabled",
      .paid: "the extended LTS archive of Freexian",
    ],
    "ubuntu": [.subscription: "Ubuntu Pro", .paid: "the legacy add-on of Ubuntu Pro"],
    "rhel": [.paid: "extended life-cycle support"],
    "ol": [.paid: "Oracle's extended support"],
    "sles": [.paid: "SUSE's LTSS"],
  ]
}
