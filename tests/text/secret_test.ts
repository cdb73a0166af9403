import assert from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import { createMasker, MASK, maskedJson, Secret } from "../../lib/text/secret.ts";
import { ANY_CHARACTER } from "../characters.ts";

const SECRET = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ minLength: 1, unit: ANY_CHARACTER }),
  fc.string({ minLength: 1, unit: fc.constantFrom("a", "b", "*", "\\", "'", '"', "/", "\n") }),
);
const SECRETS = fc.array(SECRET, { minLength: 1, maxLength: 5 });

function maskerFor(...values: readonly string[]) {
  return createMasker(values.map((value) => new Secret(value)));
}

Deno.test("Secret does not show its value when it is printed", () => {
  const secret = new Secret("geheim");
  const printed = [
    `${secret}`,
    JSON.stringify({ secret }),
    Deno.inspect({ secret }),
    inspect({ secret }),
    String(new Map([[secret, [secret]]])),
    Object.values(secret).join(),
  ];
  for (const text of printed) assert.doesNotMatch(text, /geheim/);
  assert.equal(secret.reveal(), "geheim");
});

Deno.test("createMasker() leaves no secret in any text", () => {
  fc.assert(fc.property(SECRETS, fc.array(fc.string()), (secrets, texts) => {
    const text = texts.flatMap((text, index) => [text, secrets[index % secrets.length] ?? ""])
      .join("");
    const masked = maskerFor(...secrets)(text + secrets.join(""));
    for (const secret of secrets) assert.ok(!masked.includes(secret), JSON.stringify(masked));
  }));
});

Deno.test("createMasker() leaves no secret when secrets overlap each other", () => {
  const unit = fc.constantFrom("a", "b");
  const secret = fc.string({ minLength: 1, maxLength: 6, unit });
  const text = fc.string({ maxLength: 40, unit: fc.constantFrom("a", "b", " ") });
  fc.assert(fc.property(fc.array(secret, { minLength: 1 }), text, (secrets, text) => {
    const masked = maskerFor(...secrets)(text);
    for (const secret of secrets) assert.ok(!masked.includes(secret), masked);
  }));
});

Deno.test("createMasker() hides what is left of a secret that overlaps another one", () => {
  // "hunter" ends in "er", which begins "erase": neither may leave its other end behind.
  assert.equal(maskerFor("hunter", "erase")("a hunterase b"), `a ${MASK} b`);
});

Deno.test("createMasker() hides a secret as JSON, URLs, Python and the shell write it", () => {
  const secret = `pass'w"ö/rd\\x y`;
  const texts = [
    secret,
    JSON.stringify(secret),
    JSON.stringify(secret).replaceAll("/", "\\/"),
    JSON.stringify(secret).replaceAll("ö", "\\u00f6"),
    encodeURIComponent(secret),
    encodeURI(secret),
    `'${secret.replaceAll("'", `'\\''`)}'`,
  ];
  const mask = maskerFor(secret);
  for (const text of texts) assert.doesNotMatch(mask(text), /rd/, text);
});

Deno.test("createMasker() hides each line of a secret of several lines", () => {
  const masked = maskerFor("first line\nsecond line")("> first line\n> second line");
  assert.equal(masked, `> ${MASK}\n> ${MASK}`);
});

Deno.test("createMasker() leaves a text alone when no secret is in it", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    assert.equal(maskerFor()(text), text);
    assert.equal(maskerFor("")(text), text);
    assert.equal(maskerFor("\u{1F511} not in there")(text), text);
  }));
});

Deno.test("createMasker() leaves no secret when every mask shares a character with one", () => {
  const masks = "*[.#x0\u2588\u2592";
  const text = fc.string({ unit: fc.constantFrom("a", "b", ...masks) });
  fc.assert(fc.property(text, (text) => {
    const masked = maskerFor(masks, "ab")(text);
    assert.ok(!masked.includes("ab") && !masked.includes(masks), masked);
  }));
  assert.equal(maskerFor(masks, "ab")("aabb c"), " c");
});

Deno.test("maskedJson() masks every text, and stays JSON with the same keys and numbers", () => {
  const value = fc.record({ text: fc.string(), number: fc.integer(), list: fc.array(fc.string()) });
  fc.assert(fc.property(SECRETS, value, (secrets, value) => {
    const mask = maskerFor(...secrets);
    const { text, number, list } = value;
    const data = { text: text + (secrets[0] ?? ""), number, list };
    assert.deepEqual(JSON.parse(maskedJson(data, mask, 2)), {
      text: mask(data.text),
      number,
      list: list.map(mask),
    });
  }));
});
