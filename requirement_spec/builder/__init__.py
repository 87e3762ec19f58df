"""Builds the shipped spec pack from the readable text in ``description/``.

The modules here are a documents workshop, no part of the program: the program
reads the finished documents as it would a real vendor's, and never this folder
or the answer key.
"""
