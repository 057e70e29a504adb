"""What a submission may see and use: the sandbox, its limits, and the system calls for both."""
