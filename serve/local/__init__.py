"""The whole platform on one machine: what `eventsmith up` starts, watches and stops."""
