"""The platform under the product's load for hours, with faults: does it leak, and does it always answer?"""
