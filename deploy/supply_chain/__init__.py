"""What the images are made of: pinned, audited, listed and licensed. `make supply-chain` holds it to that."""
