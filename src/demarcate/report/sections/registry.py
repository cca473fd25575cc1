"""The sections of a report, in the order of the page. A new section is one class, one template and one line here."""

from demarcate.phases import phase
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.sections.abstaining_section import AbstainingSection
from demarcate.report.sections.classes_section import ClassesSection
from demarcate.report.sections.columns_section import ColumnsSection
from demarcate.report.sections.confusion_section import ConfusionSection
from demarcate.report.sections.costs_section import CostsSection
from demarcate.report.sections.curves_section import CurvesSection
from demarcate.report.sections.findings_section import FindingsSection
from demarcate.report.sections.headline_section import HeadlineSection
from demarcate.report.sections.importance_section import ImportanceSection
from demarcate.report.sections.mistakes_section import MistakesSection
from demarcate.report.sections.reliability_section import ReliabilitySection
from demarcate.report.sections.reproduce_section import ReproduceSection
from demarcate.report.sections.scores_section import ScoresSection
from demarcate.report.sections.section import Section
from demarcate.report.sections.sets_section import SetsSection
from demarcate.report.sections.slice_section import SliceSection
from demarcate.report.sections.threshold_section import ThresholdSection
from demarcate.report.sections.training_section import TrainingSection

SECTIONS: tuple[type[Section], ...] = (
    HeadlineSection,
    FindingsSection,
    ScoresSection,
    ConfusionSection,
    ClassesSection,
    ImportanceSection,
    SliceSection,
    MistakesSection,
    ThresholdSection,
    AbstainingSection,
    CostsSection,
    SetsSection,
    ReliabilitySection,
    CurvesSection,
    TrainingSection,
    ColumnsSection,
    ReproduceSection,
)


def build_sections(evaluated: EvaluatedRows) -> tuple[Section, ...]:
    """Compute every section that has something to show."""
    sections = []
    with phase("report", total=len(SECTIONS)) as current:
        for number, section in enumerate(SECTIONS, 1):
            sections.append(section.of(evaluated))
            current.advance(detail=f"section {number} of {len(SECTIONS)}")
    return tuple(section for section in sections if section is not None)
