# Made by `make migrations`; after a change of a model run it again.
import django.db.models.deletion
import django.utils.timezone
import youman.core.database.ids
from django.db import migrations, models

from registry.migrations import _database_objects


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ModelVersion',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('ready', 'Ready'), ('deprecated', 'Deprecated'), ('archived', 'Archived')], default='draft', max_length=16)),
                ('config', models.JSONField(default=dict)),
                ('signature', models.JSONField(default=dict, help_text='Inputs and outputs of the model, and an example')),
                ('metrics', models.JSONField(default=dict, help_text='Metric name → {value, low, high, n}')),
                ('gate', models.JSONField(help_text='Result of the validation gate: whether it passed, and its checks', null=True)),
                ('card', models.JSONField(default=dict, help_text='Texts for the model card, by section')),
                ('dataset_hash', models.CharField(blank=True, max_length=64)),
                ('notes', models.TextField(blank=True)),
                ('tags', models.CharField(blank=True, max_length=1000)),
                ('fault', models.CharField(blank=True, max_length=300)),
                ('search_text', models.TextField(blank=True, editable=False)),
                ('created_by', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ready_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'permissions': [('move_protected_alias', 'Can move a protected alias')],
            },
        ),
        migrations.CreateModel(
            name='RegisteredModel',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('task', models.CharField(choices=[('humanize', 'Rewrite'), ('detect', 'Detect'), ('judge', 'Judge')], max_length=16)),
                ('framework', models.CharField(blank=True, max_length=100)),
                ('architecture', models.CharField(blank=True, max_length=100)),
                ('description', models.TextField(blank=True)),
                ('tags', models.CharField(blank=True, max_length=1000)),
                ('is_active', models.BooleanField(default=True)),
                ('search_text', models.TextField(blank=True, editable=False)),
                ('created_by', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='registry.registeredmodel')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ModelArtifact',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('type', models.CharField(choices=[('model', 'Model'), ('checkpoint', 'Checkpoint'), ('metadata', 'Metadata'), ('tokenizer', 'Tokenizer'), ('config', 'Configuration'), ('report', 'Report')], max_length=16)),
                ('name', models.CharField(max_length=200)),
                ('format', models.CharField(blank=True, max_length=32)),
                ('key', models.CharField(max_length=200)),
                ('size', models.PositiveBigIntegerField(help_text='Size in bytes', null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('live', 'Live'), ('marked', 'Marked for deletion'), ('deleted', 'Deleted')], default='pending', max_length=16)),
                ('verified_at', models.DateTimeField(null=True)),
                ('verdict', models.CharField(blank=True, choices=[('ok', 'Good'), ('corrupt', 'Changed bytes'), ('truncated', 'Cut short'), ('missing', 'Missing'), ('swapped', "Another artifact's bytes")], max_length=16)),
                ('marked_at', models.DateTimeField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('detail', models.CharField(blank=True, help_text='Why it was deleted, or what the last check found', max_length=300)),
                ('created_by', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='artifacts', to='registry.modelversion')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('holder', models.UUIDField()),
                ('reason', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('released_at', models.DateTimeField(null=True)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='registry.modelversion')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ModelVersionParent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('relation', models.CharField(default='trained from', max_length=32)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parent_links', to='registry.modelversion')),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='child_links', to='registry.modelversion')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='VersionCounter',
            fields=[
                ('model', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='counter', serialize=False, to='registry.registeredmodel')),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='PromotionRequest',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('alias', models.CharField(max_length=50)),
                ('state', models.CharField(choices=[('pending', 'Waiting for a second approver'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn')], default='pending', max_length=16)),
                ('requested_by', models.CharField(max_length=200)),
                ('reason', models.TextField()),
                ('evidence', models.JSONField(default=dict)),
                ('decided_by', models.CharField(blank=True, max_length=200)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision_reason', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promotion_requests', to='registry.modelversion')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='promotion_requests', to='registry.registeredmodel')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.AddField(
            model_name='modelversion',
            name='model',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='registry.registeredmodel'),
        ),
        migrations.CreateModel(
            name='AliasRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50)),
                ('is_protected', models.BooleanField(default=True)),
                ('needs_second_approver', models.BooleanField(default=False)),
                ('thresholds', models.JSONField(default=list, help_text='[{metric, bound, value, relative}]')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alias_rules', to='registry.registeredmodel')),
            ],
            options={
                'ordering': ['model', 'name'],
            },
        ),
        migrations.CreateModel(
            name='AliasEvent',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('alias', models.CharField(max_length=50)),
                ('kind', models.CharField(choices=[('promote', 'Promoted'), ('rollback', 'Rolled back'), ('remove', 'Removed')], max_length=16)),
                ('actor', models.CharField(max_length=200)),
                ('approved_by', models.CharField(blank=True, max_length=200)),
                ('reason', models.TextField(blank=True)),
                ('evidence', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('after', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.modelversion')),
                ('before', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.modelversion')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alias_events', to='registry.registeredmodel')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Alias',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=50)),
                ('moved_at', models.DateTimeField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='registry.modelversion')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='registry.registeredmodel')),
            ],
            options={
                'verbose_name_plural': 'aliases',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='StoreMark',
            fields=[
                ('token', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'indexes': [models.Index(fields=['created_at'], name='registry_store_mark_age')],
            },
        ),
        migrations.CreateModel(
            name='StoreOwnership',
            fields=[
                ('singleton', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('installation', models.UUIDField(default=youman.core.database.ids.new_id)),
                ('database', models.CharField(blank=True, help_text='Identity of the database that claimed the store', max_length=100)),
                ('held_since', models.DateTimeField(help_text="When the store was claimed, by the store's clock")),
                ('refused', models.TextField(blank=True, help_text='Why the last collection deleted nothing')),
            ],
            options={
                'verbose_name_plural': 'store ownership',
                'constraints': [models.CheckConstraint(condition=models.Q(('singleton', 1)), name='registry_one_store_ownership')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('open', 'Open'), ('queued', 'Queued'), ('running', 'Running'), ('completed', 'Completed'), ('failed', 'Failed')], default='open', max_length=16)),
                ('expected_size', models.PositiveBigIntegerField(null=True)),
                ('expected_sha256', models.CharField(blank=True, max_length=64)),
                ('total_bytes', models.PositiveBigIntegerField(default=0)),
                ('done_bytes', models.PositiveBigIntegerField(default=0)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('recoveries', models.PositiveSmallIntegerField(default=0)),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('enqueued_at', models.DateTimeField(null=True)),
                ('error_code', models.CharField(blank=True, max_length=64)),
                ('error_detail', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(null=True)),
                ('artifact', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='upload', to='registry.modelartifact')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='UploadPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('key', models.CharField(max_length=200)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='registry.upload')),
            ],
            options={
                'ordering': ['upload', 'number'],
            },
        ),
        migrations.CreateModel(
            name='VersionReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=32)),
                ('reference', models.CharField(max_length=200)),
                ('label', models.CharField(blank=True, max_length=200)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='registry.modelversion')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='modelartifact',
            index=models.Index(fields=['version', '-created_at', '-id'], name='registry_artifact_page'),
        ),
        migrations.AddIndex(
            model_name='modelartifact',
            index=models.Index(fields=['-created_at', '-id'], name='registry_artifact_all'),
        ),
        migrations.AddIndex(
            model_name='modelartifact',
            index=models.Index(fields=['sha256'], name='registry_artifact_hash'),
        ),
        migrations.AddIndex(
            model_name='modelartifact',
            index=models.Index(fields=['key'], name='registry_artifact_key'),
        ),
        migrations.AddIndex(
            model_name='modelartifact',
            index=models.Index(fields=['state', 'verified_at'], name='registry_artifact_scrub'),
        ),
        migrations.AddConstraint(
            model_name='modelartifact',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('live', 'marked'))), fields=('version', 'type', 'name'), name='registry_artifact_once'),
        ),
        migrations.AddConstraint(
            model_name='modelartifact',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'live', 'marked', 'deleted'])), name='registry_artifact_state_known'),
        ),
        migrations.AddConstraint(
            model_name='modelartifact',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['model', 'checkpoint', 'metadata', 'tokenizer', 'config', 'report'])), name='registry_artifact_type_known'),
        ),
        migrations.AddConstraint(
            model_name='modelartifact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('live', 'marked')), _negated=True), models.Q(models.Q(('sha256', ''), _negated=True), ('size__isnull', False), ('verified_at__isnull', False)), _connector='OR'), name='registry_live_is_hashed_and_checked'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(fields=['holder'], name='registry_hold_holder'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('version', 'holder'), name='registry_hold_once'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='registry_hold_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='modelversionparent',
            constraint=models.UniqueConstraint(fields=('child', 'parent'), name='registry_parent_once'),
        ),
        migrations.AddConstraint(
            model_name='modelversionparent',
            constraint=models.CheckConstraint(condition=models.Q(('child', models.F('parent')), _negated=True), name='registry_not_own_parent'),
        ),
        migrations.AddIndex(
            model_name='registeredmodel',
            index=models.Index(fields=['-created_at', '-id'], name='registry_model_page'),
        ),
        migrations.AddConstraint(
            model_name='registeredmodel',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='registry_model_named'),
        ),
        migrations.AddConstraint(
            model_name='registeredmodel',
            constraint=models.CheckConstraint(condition=models.Q(('task__in', ['humanize', 'detect', 'judge'])), name='registry_task_known'),
        ),
        migrations.AddConstraint(
            model_name='registeredmodel',
            constraint=models.CheckConstraint(condition=models.Q(('parent', None), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='registry_model_not_own_parent'),
        ),
        migrations.AddConstraint(
            model_name='promotionrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('model', 'alias', 'version'), name='registry_request_once'),
        ),
        migrations.AddConstraint(
            model_name='promotionrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'approved', 'rejected', 'withdrawn'])), name='registry_request_state_known'),
        ),
        migrations.AddIndex(
            model_name='modelversion',
            index=models.Index(fields=['model', '-created_at', '-id'], name='registry_version_page'),
        ),
        migrations.AddIndex(
            model_name='modelversion',
            index=models.Index(fields=['-created_at', '-id'], name='registry_version_all'),
        ),
        migrations.AddIndex(
            model_name='modelversion',
            index=models.Index(condition=models.Q(('dataset_hash', ''), _negated=True), fields=['dataset_hash'], name='registry_version_dataset'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.UniqueConstraint(fields=('model', 'number'), name='registry_version_number_once'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='registry_version_from_1'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'ready', 'deprecated', 'archived'])), name='registry_version_state_known'),
        ),
        migrations.AddConstraint(
            model_name='aliasrule',
            constraint=models.UniqueConstraint(fields=('model', 'name'), name='registry_rule_once'),
        ),
        migrations.AddIndex(
            model_name='aliasevent',
            index=models.Index(fields=['model', 'alias', '-created_at', '-id'], name='registry_alias_history'),
        ),
        migrations.AddConstraint(
            model_name='aliasevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['promote', 'rollback', 'remove'])), name='registry_event_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='aliasevent',
            constraint=models.CheckConstraint(condition=models.Q(('before', None), ('after', None), models.Q(('before', models.F('after')), _negated=True), _connector='OR'), name='registry_event_moves'),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.UniqueConstraint(fields=('model', 'name'), name='registry_alias_once'),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='registry_alias_named'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(condition=models.Q(('state__in', ('completed', 'failed')), _negated=True), fields=['state', 'heartbeat_at'], name='registry_open_uploads'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'queued', 'running', 'completed', 'failed'])), name='registry_upload_state_known'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('done_bytes__lte', models.F('total_bytes'))), name='registry_upload_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='uploadpart',
            constraint=models.UniqueConstraint(fields=('upload', 'number'), name='registry_part_once'),
        ),
        migrations.AddConstraint(
            model_name='uploadpart',
            constraint=models.CheckConstraint(condition=models.Q(('number__range', (1, 10000))), name='registry_part_1_to_10000'),
        ),
        migrations.AddIndex(
            model_name='versionreference',
            index=models.Index(fields=['kind', 'reference'], name='registry_reference_found'),
        ),
        migrations.AddConstraint(
            model_name='versionreference',
            constraint=models.UniqueConstraint(fields=('version', 'kind', 'reference'), name='registry_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='versionreference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', ''), _negated=True), models.Q(('reference', ''), _negated=True)), name='registry_reference_whole'),
        ),
        migrations.RunPython(_database_objects.create, _database_objects.drop),
    ]
