import ArgumentParser

struct Scan: ParsableCommand {}
