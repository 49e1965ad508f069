/// Functions of glibc that have a form which tests the length of its target (`_FORTIFY_SOURCE`, feature_test_macros(7)).
enum Fortify {
  /// Whether the name is that of such a form, as `__memcpy_chk`.
  static func isFortified(_ name: String) -> Bool {
    name.hasPrefix("__") && name.hasSuffix("_chk")
  }

  /// Whether the function has such a form; calls whose length is known to be right keep the plain one.
  static func hasFortifiedForm(_ name: String) -> Bool { plain.contains(name) }

  /// The `__*_chk` symbols of glibc 2.41, without underscores and ending.
  private static let plain: Set<String> = [
    "asprintf", "confstr", "dprintf", "explicit_bzero", "fgets", "fgets_unlocked", "fgetws",
    "fgetws_unlocked",
    "fprintf", "fread", "fread_unlocked", "fwprintf", "getcwd", "getdomainname", "getgroups", "gethostname",
    "getlogin_r", "gets", "getwd", "longjmp", "mbsnrtowcs", "mbsrtowcs", "mbstowcs", "memcpy", "memmove",
    "mempcpy", "memset", "obstack_printf", "obstack_vprintf", "poll", "ppoll", "pread", "pread64", "printf",
    "ptsname_r", "read", "readlink", "readlinkat", "realpath", "recv", "recvfrom", "snprintf", "sprintf",
    "stpcpy",
    "stpncpy", "strcat", "strcpy", "strlcat", "strlcpy", "strncat", "strncpy", "swprintf", "syslog",
    "ttyname_r",
    "vasprintf", "vdprintf", "vfprintf", "vfwprintf", "vprintf", "vsnprintf", "vsprintf", "vswprintf",
    "vsyslog",
    "vwprintf", "wcpcpy", "wcpncpy", "wcrtomb", "wcscat", "wcscpy", "wcslcat", "wcslcpy", "wcsncat",
    "wcsncpy",
    "wcsnrtombs", "wcsrtombs", "wcstombs", "wctomb", "wmemcpy", "wmemmove", "wmempcpy", "wmemset", "wprintf",
  ]
}
