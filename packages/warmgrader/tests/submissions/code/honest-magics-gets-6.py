%matplotlib inline
%precision 3
!echo hello


def mean(values):
    return np.mean(values)
