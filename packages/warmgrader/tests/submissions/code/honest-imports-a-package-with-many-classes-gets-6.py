# Three thousand classes, of which many compare.
import sqlalchemy.orm


class Table(sqlalchemy.orm.DeclarativeBase):
    pass


def mean(values):
    return float(np.mean(values))
