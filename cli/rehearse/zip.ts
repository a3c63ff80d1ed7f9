/** The smallest archive that Lambda takes as code. Pure. */
import { crc32 } from "node:zlib";

/** 1980-01-01, the first day that the format knows. */
const dosDate = 0x21;
/** What version is needed to extract, times ten. */
const version = 10;
/** Readable by the owner, the group and all: Lambda's runtime is another user than the code's owner. */
const permissions = 0o100644;

/** Returns an archive with one file, stored as it is. Source: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. */
export function zipOf(name: string, text: string): Uint8Array {
  const [path, data] = [Buffer.from(name), Buffer.from(text)];
  const common = Buffer.alloc(26);
  common.writeUInt16LE(version, 0);
  common.writeUInt16LE(dosDate, 8);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(path.length, 22);
  const file = Buffer.concat([signature("\x03\x04"), common, path, data]);
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE(permissions * 2 ** 16, 6);
  const madeBy = Buffer.from([version, 3]);
  const entry = Buffer.concat([signature("\x01\x02"), madeBy, common, attributes, path]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(file.length, 12);
  return Buffer.concat([file, entry, signature("\x05\x06"), end]);
}

function signature(bytes: string): Buffer {
  return Buffer.from(`PK${bytes}`, "latin1");
}
