"""From the submitted folder to the gradebook: `autograde` begins, `worker` grades one submission, `writer` writes."""
