import Foundation

/// A server of HTTP on 127.0.0.1 with well and badly behaved files; Python, whose library has one.
final class FeedServer {
  /// Whether there is a Python to run it.
  static let isAvailable = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
  /// Of `/file`, and of all whose name says nothing else.
  static let content = Data((0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* 31) >> 3) })

  private let process = Process()
  let port: Int

  init() throws {
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-c", Self.script]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    port = Int(line.split(whereSeparator: \.isNewline).first ?? "") ?? 0
  }

  deinit {
    // SIGTERM would wait for ever: threads of dispatch start processes with it blocked.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  func address(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

  private static let script = #"""
    import hashlib, http.server, socketserver, sys, time
    content = bytes((i * 31 >> 3) & 255 for i in range(200000))
    log = []

    class Handler(http.server.BaseHTTPRequestHandler):
      protocol_version = "HTTP/1.1"
      def log_message(self, *words): pass
      def reply(self, status, body=b"", headers={}, length=True, close=False):
        self.send_response(status)
        for key, value in headers.items(): self.send_header(key, value)
        if length is True: self.send_header("Content-Length", str(len(body)))
        elif length: self.send_header("Content-Length", str(length))
        if close or not length: self.send_header("Connection", "close"); self.close_connection = True
        self.end_headers()
        try: self.wfile.write(body)
        except OSError: pass
      def do_GET(self):
        name = self.path.strip("/")
        asked = {key.lower(): value for key, value in self.headers.items()}
        log.append(name + " " + asked.get("range", "") + " " + asked.get("if-none-match", "") + " " + asked.get("if-modified-since", ""))
        etag = {"ETag": '"v1"', "Last-Modified": "Tue, 24 Nov 2026 12:00:00 GMT"}
        start = int(asked["range"][6:-1]) if "range" in asked else 0
        partial = {**etag, "Content-Range": "bytes %d-%d/%d" % (start, len(content) - 1, len(content))}
        if name == "file":
          if asked.get("if-none-match") == '"v1"': self.reply(304, headers=etag)
          elif start and asked.get("if-range") == '"v1"': self.reply(206, content[start:], partial)
          else: self.reply(200, content, etag)
        elif name == "dated":
          if "if-modified-since" in asked: self.reply(304)
          else: self.reply(200, content, {"Last-Modified": etag["Last-Modified"]})
        elif name == "cut":
          if start: self.reply(206, content[start:], partial)
          else: self.reply(200, content[:70000], etag, len(content), True)
        elif name == "cut-often":
          if start: self.reply(206, content[start:start + 100], partial, len(content) - start, True)
          else: self.reply(200, content[:70000], etag, len(content), True)
        elif name == "cut-blind": self.reply(200, content[:70000], {}, len(content), True)
        elif name == "cut-changed":
          if start or log.count("cut-changed   ") > 1: self.reply(200, content, {"ETag": '"v2"'})
          else: self.reply(200, content[:70000][::-1], etag, len(content), True)
        elif name == "cut-range-ignored":
          if start: self.reply(416)
          elif log.count("cut-range-ignored   ") == 1: self.reply(200, content[:70000], etag, len(content), True)
          else: self.reply(200, content, etag)
        elif name == "wrong-part":
          if start: self.reply(206, content, {**partial, "Content-Range": "bytes 5-9/10"})
          elif log.count("wrong-part   ") == 1: self.reply(200, content[:70000], etag, len(content), True)
          else: self.reply(200, content, etag)
        elif name == "undeclared": self.reply(200, content, {}, False)
        elif name == "loop": self.reply(302, headers={"Location": "/loop"})
        elif name == "hop": self.reply(302, headers={"Location": "/file"})
        elif name == "away": self.reply(302, headers={"Location": "http://feeds.invalid/file"})
        elif name == "local": self.reply(302, headers={"Location": "file:///etc/passwd"})
        elif name == "stall":
          self.reply(200, content[:1000], etag, len(content))
          self.wfile.flush(); time.sleep(5); self.close_connection = True
        elif name == "sums": self.reply(200, (hashlib.sha256(b"").hexdigest() + "  other\n" + hashlib.sha256(content).hexdigest() + " *file\n").encode())
        elif name == "no-sums": self.reply(200, b"<html>hello</html>")
        elif name == "trouble": self.reply(503)
        elif name == "secdb":
          self.reply(200, b'{"distroversion":"v3.19","reponame":"main","packages":[{"pkg":{"name":"a","secfixes":{"1-r0":["CVE-2024-0001"]}}}]}', etag)
        elif name == "rubbish": self.reply(200, b"<html>hello</html>")
        elif name == "log": self.reply(200, "\n".join(log).encode())
        else: self.reply(404, b"not here")

    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
      daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """#
}
