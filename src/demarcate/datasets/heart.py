"""The heart disease data of the Cleveland Clinic."""

from importlib import resources

import polars as pl

from demarcate.datasets.dataset import Dataset
from demarcate.io.tables import read_table

_CATEGORICAL = ("sex", "cp", "fbs", "restecg", "exang", "ca", "thal")
_DESCRIPTION = "Patients of the Cleveland Clinic; target is 1 where angiography found heart disease, else 0."
_SOURCE = (
    "Heart Disease, UCI Machine Learning Repository, Janosi, Steinbrunn, Pfisterer and Detrano (1988), "
    "doi:10.24432/C52P4X, CC BY 4.0, recoded"
)


def heart() -> Dataset:
    """Load the Cleveland heart disease data: 303 patients, 13 features, and whether they have heart disease.

    Columns of numbers are int64 and ``oldpeak`` is float64. The seven categories ``sex``, ``cp``, ``fbs``, ``restecg``,
    ``exang``, ``ca`` and ``thal`` are of polars' type Enum, so that whoever reads the frame knows them as categories;
    their values are text, ``"0"`` and ``"1"`` for ``sex``. Four patients lack ``ca`` and two lack ``thal``.

    164 patients have ``target`` 0 and 139 have 1. A copy of this table that is often used counts 165 and 138, and calls
    the healthy ones 1: it has the last patient twice and lacks the 185th, who has heart disease. It also numbers the
    categories anew and fills the six empty cells (``ca`` 4, ``thal`` 0).

    ============ ======================================================================================
    age          years
    sex          0 female, 1 male
    cp           chest pain: 1 typical angina, 2 atypical angina, 3 non-anginal pain, 4 no symptoms
    trestbps     resting blood pressure, mm Hg
    chol         serum cholesterol, mg/dl
    fbs          fasting blood sugar above 120 mg/dl: 0 no, 1 yes
    restecg      resting electrocardiogram: 0 normal, 1 ST-T abnormality, 2 left ventricular hypertrophy
    thalach      highest heart rate reached
    exang        angina brought on by exercise: 0 no, 1 yes
    oldpeak      ST depression by exercise, relative to rest
    slope        slope of the ST segment at peak exercise: 1 up, 2 flat, 3 down
    ca           major vessels coloured by fluoroscopy: 0 to 3
    thal         thallium scan: ``normal``, ``fixed`` or ``reversible`` defect
    target       0 no disease, 1 any disease
    ============ ======================================================================================

    References
    ----------
    R. Detrano et al. (1989), International application of a new probability algorithm for the diagnosis of coronary
    artery disease, American Journal of Cardiology 64, 304-310. Data: https://doi.org/10.24432/C52P4X (CC BY 4.0).

    Examples
    --------
    >>> data = heart()
    >>> data.shape, data.class_balance
    ((303, 13), {0: 164, 1: 139})
    >>> round(data.X["age"].mean(), 2)
    54.44
    >>> data.X["cp"].dtype
    Enum(categories=['1', '2', '3', '4'])
    """
    with resources.files("demarcate.datasets").joinpath("heart.csv").open("rb") as file:
        frame = read_table(file)
    categories = [pl.col(name).cast(pl.Enum(frame[name].drop_nulls().unique().sort())) for name in _CATEGORICAL]
    numbers = pl.all().exclude(*_CATEGORICAL, "oldpeak").cast(pl.Int64)
    frame = frame.with_columns(numbers, pl.col("oldpeak").cast(pl.Float64), *categories)
    return Dataset("heart", frame, "target", _CATEGORICAL, _DESCRIPTION, _SOURCE)
