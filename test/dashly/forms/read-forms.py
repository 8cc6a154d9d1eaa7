"""Reads multipart forms with the parsers of Python's frameworks, from JSON on stdin to JSON on stdout.

Input: [[contentType, body in base64], …]. Output: {parser: [{"fields": …, "files": …}, …]}, with values in base64.
"""

import base64
import io
import json
import sys
from email.parser import BytesParser

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser
from tornado.httputil import parse_body_arguments
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

settings.configure(DATA_UPLOAD_MAX_MEMORY_SIZE=None)


def read_email(content_type, body):
    head = b"Content-Type: " + content_type.encode() + b"\r\n\r\n"
    fields, files = [], []
    for part in BytesParser().parsebytes(head + body).get_payload():
        name = part.get_param("name", header="content-disposition")
        is_file = part.get_param("filename", header="content-disposition") is not None
        (files if is_file else fields).append((name, part.get_payload(decode=True)))
    return fields, files


def read_django(content_type, body):
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    handlers = [MemoryFileUploadHandler(), TemporaryFileUploadHandler()]
    fields, files = MultiPartParser(meta, io.BytesIO(body), handlers).parse()
    return (
        [(name, value.encode()) for name, values in fields.lists() for value in values],
        [(name, file.read()) for name, found in files.lists() for file in found],
    )


def read_tornado(content_type, body):
    fields, files = {}, {}
    parse_body_arguments(content_type, body, fields, files)
    return (
        [(name, value) for name, values in fields.items() for value in values],
        [(name, file.body) for name, found in files.items() for file in found],
    )


def read_werkzeug(content_type, body):
    media_type, options = parse_options_header(content_type)
    _, fields, files = FormDataParser(silent=False).parse(io.BytesIO(body), media_type, len(body), options)
    return (
        [(name, value.encode()) for name, value in fields.items(multi=True)],
        [(name, file.read()) for name, file in files.items(multi=True)],
    )


def encode(pairs):
    return [[name, base64.b64encode(value).decode()] for name, value in pairs]


readers = {"email": read_email, "Django": read_django, "Tornado": read_tornado, "Werkzeug": read_werkzeug}
forms = [(content_type, base64.b64decode(body)) for content_type, body in json.load(sys.stdin)]
results = {}
for name, read in readers.items():
    results[name] = [
        {"fields": encode(fields), "files": encode(files)} for fields, files in (read(*form) for form in forms)
    ]
json.dump(results, sys.stdout)
