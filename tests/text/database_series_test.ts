import assert from "node:assert/strict";
import fc from "fast-check";
import { parseArchiveName, seriesGlob } from "../../lib/text/archive_name.ts";
import {
  databaseLabel,
  databaseSeries,
  parseDatabaseSeries,
} from "../../lib/text/database_series.ts";

const label = fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/);
const database = fc.string({ minLength: 1, unit: "binary" }).filter((text) => text.isWellFormed());

Deno.test("databaseSeries() writes plain names as they are and encodes all other characters", () => {
  const series = (name: string) => databaseSeries("host", { label: "main", database: name });
  assert.equal(series("app_1-x"), "host.db.main.app_1-x");
  assert.equal(series("a.b c/{x}*"), "host.db.main.a%2Eb%20c%2F%7Bx%7D%2A");
  assert.equal(series("größe"), "host.db.main.gr%C3%B6%C3%9Fe");
  assert.equal(series("%41"), "host.db.main.%2541");
});

Deno.test("parseDatabaseSeries() gives every database back that databaseSeries() has written", () => {
  fc.assert(fc.property(label, database, (label, database) => {
    const series = databaseSeries("host", { label, database });
    assert.deepEqual(parseDatabaseSeries("host", series), { label, database });
    assert.match(series, /^[\w.%-]+$/);
  }));
});

Deno.test("databaseSeries() never gives one series to two databases", () => {
  const name = fc.record({ label, database });
  fc.assert(fc.property(name, name, (one, other) => {
    fc.pre(databaseLabel(one) !== databaseLabel(other) || one.label !== other.label);
    assert.notEqual(databaseSeries("host", one), databaseSeries("host", other));
  }));
});

Deno.test("parseDatabaseSeries() gives nothing for a series that is none of a database", () => {
  const others = [
    "host",
    "host.db.",
    "host.db.main",
    "host.db.main.",
    "host.db..app",
    "host.db.main.a.b",
    "host.db.main.a b",
    // Written otherwise than we write it, and bytes that are no text.
    "host.db.main.%41",
    "host.db.main.a%2fb",
    "host.db.main.%FF",
    "host.db.main.%2",
    "other.db.main.app",
    "host2.db.main.app",
  ];
  for (const other of others) {
    assert.equal(parseDatabaseSeries("host", other), undefined, other);
  }
});

Deno.test("a glob of a series never matches archives of the series of its databases", () => {
  const toRegExp = (glob: string) => new RegExp(`^${glob.replaceAll(".", "\\.")}$`);
  const archive = `${databaseSeries("host", { label: "m", database: "d" })}-` +
    "2026-11-22T04:00:00Z-0123abcd";
  assert.ok(!toRegExp(seriesGlob("host")).test(archive));
  assert.ok(toRegExp(seriesGlob("host.db.m.d")).test(archive));
  assert.equal(parseArchiveName(archive)?.series, "host.db.m.d");
});
