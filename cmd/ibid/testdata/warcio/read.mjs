// Reads WARC files with warcio.js, which shares no line with Ibid, and prints one JSON object a record:
// where it lies, what it says of itself, and the SHA-256 that its payload really has.
// Usage: node read.mjs FOLDER-OF-THE-WARCIO-PACKAGE FILE...
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const { AsyncIterReader, WARCParser } = await import(pathToFileURL(join(folder, "dist", "index.js")));

// The payload is the entity as sent: transfer coding undone, content coding kept.
function payload(record) {
  const chunked = record.httpHeaders?.headers.get("Transfer-Encoding")?.toLowerCase() === "chunked";
  return chunked ? new AsyncIterReader(record.reader, null, true) : record.reader;
}

for (const file of files) {
  const parser = new WARCParser(createReadStream(file), { keepHeadersCase: false });
  for await (const record of parser) {
    const hash = createHash("sha256");
    for await (const chunk of payload(record)) hash.update(chunk);
    await record.skipFully();
    const header = (name) => record.warcHeader(name) ?? "";
    const line = {
      file,
      offset: parser.offset,
      type: record.warcType,
      id: header("WARC-Record-ID"),
      uri: header("WARC-Target-URI"),
      date: header("WARC-Date"),
      declared: header("WARC-Payload-Digest"),
      payload: "sha256:" + hash.digest("hex"),
      truncated: header("WARC-Truncated"),
      refers_to_uri: header("WARC-Refers-To-Target-URI"),
      refers_to_date: header("WARC-Refers-To-Date"),
      concurrent_to: header("WARC-Concurrent-To"),
      source_uri: header("WARC-Source-URI"),
      creation_date: header("WARC-Creation-Date"),
    };
    process.stdout.write(JSON.stringify(line) + "\n");
  }
}
