"""What is stored of a chapter's outputs: as little as a reader needs, and the same every time."""

from nbformat import NotebookNode

IMAGE_TYPES = ("image/png", "image/jpeg", "image/svg+xml")


def describe_images(cell: NotebookNode) -> None:
    """Give the images of a cell its ``alt`` text, where nbconvert looks for it."""
    for output in cell.outputs:
        for image_type in IMAGE_TYPES:
            if image_type not in output.get("data", {}):
                continue
            if alt := cell.metadata.get("alt"):
                output.metadata.setdefault(image_type, {})["alt"] = alt
            else:
                output.metadata.get(image_type, {}).pop("alt", None)
