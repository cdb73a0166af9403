import assert from "node:assert/strict";
import { isOlder, readDumpHead, serverVersion } from "../../lib/databases/dump_head.ts";

const POSTGRESQL = `--
-- PostgreSQL database dump
--

\\restrict m1rqR6oZbFqZ

-- Dumped from database version 15.14 (Debian 15.14-0+deb12u1)
-- Dumped by pg_dump version 15.14 (Debian 15.14-0+deb12u1)

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
`;

const MARIADB = `/*M!999999\\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.14-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: app
-- ------------------------------------------------------
-- Server version\t10.11.14-MariaDB-0+deb12u2

/*!40101 SET NAMES utf8mb4 */;
`;

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("readDumpHead() reads server and encoding of a dump, and nothing of anything else", () => {
  assert.deepEqual(readDumpHead(bytes(POSTGRESQL)), {
    server: { make: "PostgreSQL", text: "15.14 (Debian 15.14-0+deb12u1)" },
    encoding: "UTF8",
  });
  assert.deepEqual(readDumpHead(bytes(MARIADB)), {
    server: { make: "MariaDB", text: "10.11.14-MariaDB-0+deb12u2" },
  });
  assert.deepEqual(readDumpHead(bytes("-- MySQL dump 10.13\n-- Server version\t8.0.36\n")), {
    server: { make: "MySQL", text: "8.0.36" },
  });
  assert.deepEqual(readDumpHead(bytes("SQLite format 3\0")), {});
  // What stands in the data far below is no head.
  assert.deepEqual(readDumpHead(bytes("x".repeat(10_000) + POSTGRESQL)), {});
});

Deno.test("isOlder() compares releases as their makers count them", () => {
  const postgresql = (text: string) => ({ make: "PostgreSQL", text }) as const;
  const cases: readonly (readonly [Parameters<typeof isOlder>, boolean])[] = [
    [[postgresql("14.9"), postgresql("15.14 (Debian)")], true],
    [[postgresql("15.2"), postgresql("15.14")], false],
    [[postgresql("16.1"), postgresql("15.14")], false],
    [[postgresql("9.5.3"), postgresql("9.6.1")], true],
    [[postgresql("9.6"), postgresql("10.1")], true],
    [[serverVersion("10.6.22-MariaDB"), serverVersion("10.11.14-MariaDB-0+deb12u2")], true],
    [[serverVersion("11.4.2-MariaDB"), serverVersion("10.11.14-MariaDB")], false],
    [[serverVersion("5.7.44"), serverVersion("8.0.36")], true],
    [[serverVersion("8.0.36"), serverVersion("10.11.14-MariaDB")], false],
  ];
  for (const [[server, than], expected] of cases) {
    assert.equal(isOlder(server, than), expected, `${server.text} than ${than.text}`);
  }
});
