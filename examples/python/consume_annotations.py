"""Prints read, status and label of annotations, for good or as many as asked. Needs confluent-kafka, and fastavro but for JSON.

    ./kmerflow schemas --out schemas --all-versions
    python3 consume_annotations.py localhost:9092 annotations avro:schemas
    python3 consume_annotations.py localhost:9092 annotations confluent:http://localhost:8081
    python3 consume_annotations.py localhost:9092 annotations json
"""

import functools
import io
import json
import pathlib
import sys
import urllib.request


def decode_avro(folder):
    """Avro single-object encoding, the default: bytes C3 01, 8 bytes of fingerprint, the record. Schemas of all releases are in the folder."""
    import fastavro

    schemas = {}
    for file in pathlib.Path(folder).rglob("ReadAnnotation.avsc"):
        schema = fastavro.schema.load_schema(file)
        canonical = fastavro.schema.to_parsing_canonical_form(schema)
        schemas[bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))] = schema
    return lambda value: fastavro.schemaless_reader(io.BytesIO(value[10:]), schemas[value[2:10]], None)


def decode_confluent(registry):
    """Confluent's format: byte 0, 4 bytes of the schema's id in the registry, the record."""
    import fastavro

    @functools.lru_cache(maxsize=None)
    def schema(number):
        with urllib.request.urlopen(f"{registry}/schemas/ids/{number}") as answer:
            return fastavro.parse_schema(json.loads(json.load(answer)["schema"]))

    return lambda value: fastavro.schemaless_reader(io.BytesIO(value[5:]), schema(int.from_bytes(value[1:5], "big")), None)


def main(servers, topic, form, count=None):
    from confluent_kafka import Consumer

    name, _, place = form.partition(":")
    decode = {"avro": decode_avro, "confluent": decode_confluent, "json": lambda _: json.loads}[name](place)
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "example-python", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    left = int(count) if count else None
    while left != 0:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            raise SystemExit(str(message.error()))
        read = decode(message.value())
        call = read["readCall"]
        print(read["readId"], read["status"], call and call["label"] or "", sep="\t", flush=True)
        left = left and left - 1
    consumer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
