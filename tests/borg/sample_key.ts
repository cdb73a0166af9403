/** The key of a real repository that is gone: its passphrase was "x". @module */

/** Borg's id of the repository. */
export const ID = "6ed3f34e16c8288bae6bd2798e1be253ae97731583c9b7ebf58c8ffacc3fa2ce";

/** What `borg key export` printed of it. */
export const KEY_FILE = `BORG_KEY ${ID}
hqlhbGdvcml0aG2mc2hhMjU2pGRhdGHaAN6ifbtmfiq7ewdRl9/45paW5tt1diiBk1X69X
aXH2gvLxTeB6OM9pqWwmnQGslSxgsaa7UlOoB4Brg5ffa6XwqL6ce1xj/P5qYxRfkCNu8A
FhWQ+GpE5y0ER2bbwnJv9lLA7VKC/DIBrmmS3/GPzk3ozrGyoMkd4Y46O+U/zOtXbbLFBM
U009LdmjIgj0FG2qSZUZqk7N99ZWjNsXTttBDQa20e3N64RR/lFidbKsLmaSHX/C1rPM8/
A9LW26WexZoc3ti6klv9JvsioeYyPKvoq6AmMP859+Wiwanz942kaGFzaNoAIPcdRM89TC
x2TpndxvvlvWPz7DbSa7pDa1KITlX9R1a1qml0ZXJhdGlvbnPOAAGGoKRzYWx02gAgtXD0
V1AnkNHLeyn1KhRj1zsLIKx+edzg6f2XLWosuBSndmVyc2lvbgE=
`;
