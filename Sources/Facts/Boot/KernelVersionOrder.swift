/// Orders versions by runs of digits as numbers, as `sort -V` does for kernels.
func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
  var left = left.utf8[...]
  var right = right.utf8[...]
  while let first = left.first, let other = right.first {
    let isNumber: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    if isNumber(first), isNumber(other) {
      let a = left.prefix(while: isNumber).drop { $0 == UInt8(ascii: "0") }
      let b = right.prefix(while: isNumber).drop { $0 == UInt8(ascii: "0") }
      if a.count != b.count { return a.count < b.count }
      if !a.elementsEqual(b) { return a.lexicographicallyPrecedes(b) }
      left = left.drop(while: isNumber)
      right = right.drop(while: isNumber)
    } else {
      if first != other { return first < other }
      left.removeFirst()
      right.removeFirst()
    }
  }
  return left.isEmpty && !right.isEmpty
}
