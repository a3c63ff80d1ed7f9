import { describe, expect, it } from "vitest";
import { isPublicAddress, literalAddress } from "../../src/config/network-address.ts";

describe("isPublicAddress", () => {
  it.each(["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "223.255.255.255", "2600:1f18::1", "::ffff:8.8.8.8"])(
    "%s is public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ...["0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "169.254.170.2", "172.31.0.1"],
    ...["192.168.1.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"],
    ...["::", "::1", "::10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "fd00:ec2::254"],
    ...["fe80::1", "ff02::1", "partner.example", ""],
  ])("%s is not", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("literalAddress", () => {
  it("sees through the notations that URLs allow", () => {
    expect(literalAddress(new URL("https://0x7f.1/"))).toBe("127.0.0.1");
    expect(literalAddress(new URL("https://[::1]/"))).toBe("::1");
    expect(literalAddress(new URL("https://partner.example/"))).toBeUndefined();
  });
});
