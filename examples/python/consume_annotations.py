"""Prints read, status and label of every annotation. Needs fastavro and confluent-kafka; schemas: ./kmerflow schemas --out schemas --all-versions

    python3 consume_annotations.py localhost:9092 schemas
"""

import io
import pathlib
import sys

import fastavro


def load_schemas(folder):
    """Schemas of all releases, by the fingerprint that begins a record."""
    schemas = {}
    for file in pathlib.Path(folder).rglob("ReadAnnotation.avsc"):
        schema = fastavro.schema.load_schema(file)
        canonical = fastavro.schema.to_parsing_canonical_form(schema)
        fingerprint = bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))
        schemas[fingerprint] = schema
    return schemas


def decode(value, schemas):
    """Avro single-object encoding: bytes C3 01, 8 bytes of fingerprint, the record."""
    if value[:2] != b"\xc3\x01":
        raise ValueError(f"Expected the bytes C3 01 first, got {value[:2].hex()}")
    return fastavro.schemaless_reader(io.BytesIO(value[10:]), schemas[value[2:10]], None)


def main(servers, folder):
    from confluent_kafka import Consumer

    schemas = load_schemas(folder)
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "example", "auto.offset.reset": "earliest"})
    consumer.subscribe(["annotations"])
    while True:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            raise SystemExit(str(message.error()))
        read = decode(message.value(), schemas)
        call = read["readCall"]
        print(read["readId"], read["status"], call and call["label"], sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
