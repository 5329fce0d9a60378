# Made by `make migrations`; after a change of a model run it again.
import django.db.models.deletion
import django.utils.timezone
import training.models.splits
import youman.core.database.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
        ('humanization', '0001_initial'),
        ('registry', '0001_initial'),
        ('serving', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExecutorPool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=32, unique=True)),
                ('max_jobs', models.PositiveSmallIntegerField(default=1)),
                ('max_jobs_per_account', models.PositiveSmallIntegerField(default=1)),
                ('cpus', models.PositiveSmallIntegerField(default=1)),
                ('memory_mib', models.PositiveIntegerField(default=2048)),
                ('gpus', models.PositiveSmallIntegerField(default=0)),
                ('is_paused', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='CollectedFeedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feedback_at', models.DateTimeField()),
                ('decision_number', models.PositiveIntegerField(help_text='Number of the latest decision at that time; 0 for none')),
                ('outcome', models.CharField(max_length=16)),
                ('detail', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('transformation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='collected_feedback', to='humanization.transformation')),
            ],
            options={
                'verbose_name_plural': 'collected feedback',
            },
        ),
        migrations.CreateModel(
            name='DataImport',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('licence', models.CharField(blank=True, help_text='The licence under which models may train on it', max_length=200)),
                ('imported_by', models.CharField(max_length=200)),
                ('format', models.CharField(blank=True, max_length=16)),
                ('scored', models.BooleanField(default=True, help_text='Whether the quality of each pair is scored')),
                ('partial', models.BooleanField(default=False, help_text='Whether good lines are imported although others are refused')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('completed', 'Completed'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=16)),
                ('error', models.TextField(blank=True, help_text='Why nothing was imported')),
                ('key', models.CharField(blank=True, max_length=200)),
                ('total', models.PositiveBigIntegerField(help_text='Lines in the file, once all have been checked', null=True)),
                ('checked', models.PositiveBigIntegerField(default=0, help_text='Lines checked so far')),
                ('lines', models.PositiveBigIntegerField(default=0, help_text='Lines processed so far')),
                ('accepted', models.PositiveBigIntegerField(default=0)),
                ('duplicates', models.PositiveBigIntegerField(default=0)),
                ('refused', models.PositiveBigIntegerField(default=0)),
                ('report', models.JSONField(default=list, help_text='The first 200 refused lines, as [{line, outcome, problem}]')),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('recoveries', models.PositiveSmallIntegerField(default=0)),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('enqueued_at', models.DateTimeField(null=True)),
                ('cancel_requested_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'completed', 'failed', 'cancelled'])), name='training_import_state_known'), models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='training_one_import_runs')],
            },
        ),
        migrations.CreateModel(
            name='Dataset',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('query', models.JSONField()),
                ('root', models.CharField(max_length=64)),
                ('points', models.PositiveIntegerField()),
                ('counts', models.JSONField(help_text='Number of pairs by split, language, domain and source')),
                ('withdrawn', models.PositiveIntegerField(default=0)),
                ('created_by', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='training_dataset_named'), models.CheckConstraint(condition=models.Q(('points__gt', 0)), name='training_dataset_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='PointCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dimension', models.CharField(max_length=16)),
                ('value', models.CharField(max_length=64)),
                ('count', models.BigIntegerField(default=0)),
                ('scored', models.BigIntegerField(default=0)),
                ('quality_sum', models.FloatField(default=0, help_text='Sum of the quality (0 to 1) of the scored pairs')),
            ],
            options={
                'indexes': [models.Index(fields=['dimension', '-count'], name='training_count_most')],
                'constraints': [models.UniqueConstraint(fields=('dimension', 'value'), name='training_count_once')],
            },
        ),
        migrations.CreateModel(
            name='RetrainRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on_drift', models.BooleanField(default=True, help_text="Let a drift alert repeat the last job that produced a version, on today's pairs for the same query")),
                ('model', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='retrain_rule', to='registry.registeredmodel')),
            ],
        ),
        migrations.CreateModel(
            name='TrainingDataPoint',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('author', models.CharField(blank=True, max_length=64)),
                ('original', models.TextField()),
                ('humanized', models.TextField()),
                ('words', models.PositiveIntegerField()),
                ('strategy', models.CharField(blank=True, max_length=16)),
                ('level', models.PositiveSmallIntegerField(null=True)),
                ('language', models.CharField(max_length=8)),
                ('domain', models.CharField(blank=True, max_length=50)),
                ('ai_before', models.FloatField(null=True)),
                ('ai_after', models.FloatField(null=True)),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('quality', models.FloatField(null=True)),
                ('reasons', models.JSONField(default=list)),
                ('pii', models.JSONField(default=dict, help_text='Number of removed values of personal data, by kind')),
                ('consent_version', models.CharField(blank=True, max_length=32)),
                ('consent_at', models.DateTimeField(null=True)),
                ('content_hash', models.CharField(max_length=64)),
                ('kept_hash', models.CharField(db_index=True, default='', help_text='SHA-256 of the words of the kept text, without case and punctuation', max_length=64)),
                ('cluster', models.UUIDField(db_index=True)),
                ('split', models.CharField(max_length=8)),
                ('times_used', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('contributor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='training_points', to='core.account')),
                ('data_import', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='points', to='training.dataimport')),
                ('transformation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='training_points', to='humanization.transformation')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PointBand',
            fields=[
                ('pk', models.CompositePrimaryKey('key', 'point_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.BigIntegerField()),
                ('point', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='bands', to='training.trainingdatapoint')),
            ],
        ),
        migrations.CreateModel(
            name='TrainingJob',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('model_name', models.CharField(max_length=100)),
                ('trainer', models.CharField(max_length=64)),
                ('hyperparameters', models.JSONField(default=dict)),
                ('thresholds', models.JSONField(default=dict)),
                ('notes', models.TextField(blank=True)),
                ('canary_share', models.PositiveSmallIntegerField(default=0, help_text='Percentage of traffic for a canary deployment of a model that passes the gate; 0 does not deploy it')),
                ('executor', models.CharField(default='local', max_length=32)),
                ('cpus', models.PositiveSmallIntegerField(default=1)),
                ('memory_mib', models.PositiveIntegerField(default=2048)),
                ('gpus', models.PositiveSmallIntegerField(default=0)),
                ('priority', models.SmallIntegerField(default=0)),
                ('deadline_s', models.PositiveIntegerField(default=86400)),
                ('stall_s', models.PositiveIntegerField(default=600)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('queued', 'Queued'), ('running', 'Running'), ('completed', 'Completed'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='pending', max_length=16)),
                ('stage', models.CharField(blank=True, choices=[('', '–'), ('preparing', 'Preparing the data'), ('training', 'Training'), ('judging', 'At the gate'), ('publishing', 'Publishing')], max_length=16)),
                ('waits_because', models.CharField(blank=True, max_length=200)),
                ('expected_at', models.DateTimeField(null=True)),
                ('not_before', models.DateTimeField(null=True)),
                ('enqueued_at', models.DateTimeField(null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('log_cursor', models.PositiveBigIntegerField(default=0)),
                ('cancel_requested_at', models.DateTimeField(null=True)),
                ('retries', models.JSONField(default=dict, help_text='Number of retries, by class of failure')),
                ('lost', models.PositiveSmallIntegerField(default=0)),
                ('epoch', models.PositiveIntegerField(default=0)),
                ('epochs', models.PositiveIntegerField(default=0)),
                ('step', models.PositiveBigIntegerField(default=0)),
                ('steps', models.PositiveBigIntegerField(default=0)),
                ('throughput', models.FloatField(null=True)),
                ('throughput_unit', models.CharField(blank=True, max_length=32)),
                ('eta_low_s', models.PositiveIntegerField(null=True)),
                ('eta_high_s', models.PositiveIntegerField(null=True)),
                ('checkpoint_step', models.PositiveBigIntegerField(null=True)),
                ('warning', models.CharField(blank=True, max_length=200)),
                ('gate', models.CharField(blank=True, choices=[('', 'Not judged'), ('passed', 'Passed'), ('failed', 'Failed')], max_length=8)),
                ('gate_report', models.JSONField(null=True)),
                ('failure', models.CharField(blank=True, choices=[('', '–'), ('user_error', 'Invalid hyperparameters or data'), ('out_of_memory', 'Out of memory'), ('trainer_error', 'Trainer error'), ('worker_lost', 'Worker lost or preempted'), ('killed', 'Trainer killed'), ('stalled', 'Stalled'), ('diverged', 'Diverged'), ('disk_full', 'Disk full'), ('deadline', 'Deadline passed'), ('internal', 'Internal error')], max_length=16)),
                ('failure_detail', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('started_at', models.DateTimeField(null=True)),
                ('trainer_started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('base_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='continued_by_jobs', to='registry.modelversion')),
                ('dataset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='training.dataset')),
                ('produced_version', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='produced_by_job', to='registry.modelversion')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_jobs', to='core.account')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='JobMetric',
            fields=[
                ('pk', models.CompositePrimaryKey('job_id', 'key', 'step', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=64)),
                ('step', models.BigIntegerField()),
                ('value', models.FloatField(null=True)),
                ('at', models.DateTimeField()),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='metrics', to='training.trainingjob')),
            ],
        ),
        migrations.CreateModel(
            name='JobLogLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.PositiveIntegerField()),
                ('text', models.CharField(max_length=2000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='log_lines', to='training.trainingjob')),
            ],
            options={
                'ordering': ['job', 'id'],
            },
        ),
        migrations.CreateModel(
            name='JobEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=32)),
                ('message', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='training.trainingjob')),
            ],
            options={
                'ordering': ['job', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HandledAlert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('alert', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='handled', to='serving.driftalert')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='answered_alerts', to='training.trainingjob')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('points', models.PositiveIntegerField()),
                ('datasets', models.JSONField(default=list, help_text='Names of the datasets that contained the pairs')),
                ('versions', models.JSONField(default=list, help_text='Names of the model versions trained on the pairs')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='withdrawals', to='core.account')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='BarredPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_hash', models.CharField(max_length=64, unique=True)),
                ('withdrawal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='barred', to='training.withdrawal')),
            ],
        ),
        migrations.CreateModel(
            name='DatasetPoint',
            fields=[
                ('pk', models.CompositePrimaryKey('dataset_id', 'point_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('point_id', models.UUIDField(db_index=True)),
                ('content_hash', models.CharField(max_length=64)),
                ('split', models.CharField(max_length=8)),
                ('quality', models.FloatField(null=True)),
                ('dataset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='training.dataset')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('split__in', (training.models.splits.Split['TRAIN'], training.models.splits.Split['DEV'], training.models.splits.Split['TEST'], training.models.splits.Split['HELD_BACK']))), name='training_member_split_known')],
            },
        ),
        migrations.AddIndex(
            model_name='trainingdatapoint',
            index=models.Index(fields=['-created_at', '-id'], name='training_point_page'),
        ),
        migrations.AddIndex(
            model_name='trainingdatapoint',
            index=models.Index(fields=['split', '-created_at', '-id'], name='training_point_split'),
        ),
        migrations.AddIndex(
            model_name='trainingdatapoint',
            index=models.Index(fields=['language', '-created_at', '-id'], name='training_point_language'),
        ),
        migrations.AddIndex(
            model_name='trainingdatapoint',
            index=models.Index(fields=['domain', '-created_at', '-id'], name='training_point_domain'),
        ),
        migrations.AddIndex(
            model_name='trainingdatapoint',
            index=models.Index(fields=['strategy', '-created_at', '-id'], name='training_point_strategy'),
        ),
        migrations.AddIndex(
            model_name='trainingdatapoint',
            index=models.Index(fields=['quality'], name='training_point_quality'),
        ),
        migrations.AddConstraint(
            model_name='trainingdatapoint',
            constraint=models.UniqueConstraint(fields=('content_hash', 'author'), name='training_pair_once'),
        ),
        migrations.AddConstraint(
            model_name='trainingdatapoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('original', ''), _negated=True), models.Q(('humanized', ''), _negated=True)), name='training_pair_whole'),
        ),
        migrations.AddConstraint(
            model_name='trainingdatapoint',
            constraint=models.CheckConstraint(condition=models.Q(('split__in', (training.models.splits.Split['TRAIN'], training.models.splits.Split['DEV'], training.models.splits.Split['TEST'], training.models.splits.Split['HELD_BACK']))), name='training_split_known'),
        ),
        migrations.AddConstraint(
            model_name='trainingdatapoint',
            constraint=models.CheckConstraint(condition=models.Q(('quality', None), models.Q(('quality__gte', 0), ('quality__lte', 1)), _connector='OR'), name='training_quality_0_to_1'),
        ),
        migrations.AddConstraint(
            model_name='trainingdatapoint',
            constraint=models.CheckConstraint(condition=models.Q(('level', None), ('level__range', (1, 5)), _connector='OR'), name='training_level_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='trainingdatapoint',
            constraint=models.CheckConstraint(condition=models.Q(('transformation', None), ('consent_at__isnull', False), _connector='OR'), name='training_collected_with_consent'),
        ),
        migrations.AddIndex(
            model_name='trainingjob',
            index=models.Index(fields=['-created_at', '-id'], name='training_job_page'),
        ),
        migrations.AddIndex(
            model_name='trainingjob',
            index=models.Index(condition=models.Q(('state__in', ('completed', 'failed', 'cancelled')), _negated=True), fields=['state', 'heartbeat_at'], name='training_open_jobs'),
        ),
        migrations.AddConstraint(
            model_name='trainingjob',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'queued', 'running', 'completed', 'failed', 'cancelled'])), name='training_job_state_known'),
        ),
        migrations.AddConstraint(
            model_name='trainingjob',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['', 'preparing', 'training', 'judging', 'publishing'])), name='training_job_stage_known'),
        ),
        migrations.AddConstraint(
            model_name='trainingjob',
            constraint=models.CheckConstraint(condition=models.Q(('gate__in', ['', 'passed', 'failed'])), name='training_gate_known'),
        ),
        migrations.AddConstraint(
            model_name='trainingjob',
            constraint=models.CheckConstraint(condition=models.Q(('canary_share__lte', 100)), name='training_canary_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='trainingjob',
            constraint=models.CheckConstraint(condition=models.Q(('failure__in', ['', 'user_error', 'out_of_memory', 'trainer_error', 'worker_lost', 'killed', 'stalled', 'diverged', 'disk_full', 'deadline', 'internal'])), name='training_failure_known'),
        ),
        migrations.AddConstraint(
            model_name='trainingjob',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('completed', 'failed', 'cancelled'))), models.Q(models.Q(('state__in', ('completed', 'failed', 'cancelled')), _negated=True), ('finished_at', None)), _connector='OR'), name='training_finished_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='trainingjob',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('failure', ''), _negated=True), _connector='OR'), name='training_failed_has_a_class'),
        ),
        migrations.AddIndex(
            model_name='joblogline',
            index=models.Index(fields=['job', 'id'], name='training_log_tail'),
        ),
    ]
