"""What one line of a use counts for."""

from linking.services.value import of_lines


def of_line(line, registry_id, at):
    (value,) = of_lines([line], registry_id, at)
    return value
